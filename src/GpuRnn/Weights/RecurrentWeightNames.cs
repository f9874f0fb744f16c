using System.Globalization;

namespace GpuRnn.Weights;

/// <summary>PyTorch's parameter names of a recurrent layer stack (nn.RNN, nn.LSTM, nn.GRU), so that files go both ways.</summary>
/// <remarks>G is the gates of the cell (Elman 1, LSTM 4 in order i f g o, GRU 3 in order r z n); D the directions.</remarks>
public static class RecurrentWeightNames
{
    /// <summary><c>weight_ih_l0</c>, <c>weight_ih_l0_reverse</c>, …: [G*H, I], and [G*H, D*H] above layer 0.</summary>
    public static string InputWeight(int layer, bool reverse = false) => Name("weight_ih", layer, reverse);

    /// <summary><c>weight_hh_l0</c>, …: [G*H, H].</summary>
    public static string HiddenWeight(int layer, bool reverse = false) => Name("weight_hh", layer, reverse);

    /// <summary><c>bias_ih_l0</c>, …: [G*H], added to the input product.</summary>
    public static string InputBias(int layer, bool reverse = false) => Name("bias_ih", layer, reverse);

    /// <summary><c>bias_hh_l0</c>, …: [G*H], added to the recurrent product.</summary>
    public static string HiddenBias(int layer, bool reverse = false) => Name("bias_hh", layer, reverse);

    private static string Name(string kind, int layer, bool reverse)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        return string.Create(CultureInfo.InvariantCulture, $"{kind}_l{layer}{(reverse ? "_reverse" : string.Empty)}");
    }
}
