namespace GpuRnn.Data;

/// <summary>Images of one size as bytes, [N, H, W, C] with channels last: the layout that convolutions take.</summary>
public sealed class ImageSet
{
    private readonly byte[] _bytes;

    /// <summary>Takes the bytes over.</summary>
    /// <param name="bytes">[N, H, W, C]; kept, not copied.</param>
    /// <param name="rowCount">H, at least 1.</param>
    /// <param name="columnCount">W, at least 1.</param>
    /// <param name="channelCount">C, at least 1: 1 for grey, 3 for red, green and blue.</param>
    /// <exception cref="ArgumentException">A number is below 1, or the bytes are no whole number of images.</exception>
    public ImageSet(byte[] bytes, int rowCount, int columnCount, int channelCount)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        Tensors.ArgumentCheck.AtLeast(rowCount, 1, nameof(ImageSet), nameof(rowCount), "the rows of an image");
        Tensors.ArgumentCheck.AtLeast(columnCount, 1, nameof(ImageSet), nameof(columnCount), "the columns of an image");
        Tensors.ArgumentCheck.AtLeast(channelCount, 1, nameof(ImageSet), nameof(channelCount), "the numbers of a pixel");
        long size = (long)rowCount * columnCount * channelCount;
        if (bytes.Length % size != 0)
        {
            throw new ArgumentException(
                $"ImageSet: {bytes.Length} bytes arrived, but images of [H={rowCount}, W={columnCount}, C={channelCount}] need a multiple of {size}. "
                + "Pass whole images, or other sizes.",
                nameof(bytes));
        }

        (_bytes, RowCount, ColumnCount, ChannelCount) = (bytes, rowCount, columnCount, channelCount);
        Count = (int)(bytes.Length / size);
    }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>H.</summary>
    public int RowCount { get; }

    /// <summary>W.</summary>
    public int ColumnCount { get; }

    /// <summary>C.</summary>
    public int ChannelCount { get; }

    /// <summary>Numbers of one image: H·W·C.</summary>
    public int ImageSize => RowCount * ColumnCount * ChannelCount;

    /// <summary>The bytes of one image, [H, W, C].</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ReadOnlySpan<byte> Image(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return _bytes.AsSpan(index * ImageSize, ImageSize);
    }

    /// <summary>Writes one image as numbers: (byte / 255 − mean) / deviation.</summary>
    /// <param name="index">The image.</param>
    /// <param name="target">Receives H·W·C numbers.</param>
    /// <param name="mean">Subtracted from what lies in 0 to 1.</param>
    /// <param name="deviation">Divides the difference; above 0.</param>
    /// <exception cref="ArgumentException">The target has another length, or the deviation is not above 0.</exception>
    public void CopyTo(int index, Span<float> target, float mean = 0.0f, float deviation = 1.0f)
    {
        Tensors.ArgumentCheck.Positive(deviation, "ImageSet.CopyTo", nameof(deviation), "the deviation of the images' numbers, or 1");
        ReadOnlySpan<byte> image = Image(index);
        if (target.Length != image.Length)
        {
            throw new ArgumentException(
                $"ImageSet.CopyTo: the target has {target.Length} numbers, but an image has {image.Length}. Pass room for one image.", nameof(target));
        }

        float factor = 1.0f / (255.0f * deviation);
        float shift = mean / deviation;
        for (int i = 0; i < image.Length; i++)
        {
            target[i] = (image[i] * factor) - shift;
        }
    }

    /// <summary>All images as numbers, [N, H, W, C]; see <see cref="CopyTo"/>.</summary>
    public float[] ToSingles(float mean = 0.0f, float deviation = 1.0f)
    {
        float[] all = new float[_bytes.Length];
        for (int i = 0; i < Count; i++)
        {
            CopyTo(i, all.AsSpan(i * ImageSize, ImageSize), mean, deviation);
        }

        return all;
    }
}
