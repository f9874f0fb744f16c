using System.Globalization;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Finished epochs in a checkpoint.</summary>
internal static class EpochRecords
{
    public static void Save(IReadOnlyList<EpochResult> epochs, SavedState state)
    {
        foreach (EpochResult epoch in epochs)
        {
            SavedState section = state.Section(Name(epoch.Epoch));
            section.SetNumber("trainLoss", epoch.TrainLoss);
            section.SetNumber("learningRate", epoch.LearningRate);
            section.SetNumber("gradientNorm", epoch.GradientNorm);
            if (epoch.ValidationLoss is double validationLoss)
            {
                section.SetNumber("validationLoss", validationLoss);
            }
        }
    }

    public static IEnumerable<EpochResult> Load(SavedState state, int count)
    {
        for (int epoch = 1; epoch <= count; epoch++)
        {
            SavedState section = state.Section(Name(epoch));
            yield return new EpochResult(
                epoch,
                section.GetNumber("trainLoss"),
                section.Contains("validationLoss") ? section.GetNumber("validationLoss") : null,
                (float)section.GetNumber("learningRate"),
                (float)section.GetNumber("gradientNorm"));
        }
    }

    private static string Name(int epoch)
    {
        return epoch.ToString("D6", CultureInfo.InvariantCulture);
    }
}
