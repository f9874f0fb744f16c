using Xunit.Sdk;

namespace GpuRnn.Testing;

/// <summary>Whole texts that are kept in the repository and reviewed like code.</summary>
public static class GoldenText
{
    /// <summary>With <c>1</c> the texts are rewritten instead of compared; the difference is then reviewed with the change that made it.</summary>
    public const string UpdateVariable = "GPURNN_UPDATE_GOLDEN";

    /// <summary>Compares a text with the one that is kept.</summary>
    /// <param name="path">The kept file, relative to the repository.</param>
    /// <param name="text">With \n between lines.</param>
    /// <exception cref="XunitException">They differ, or nothing is kept yet; the message shows the lines that differ, as a unified diff.</exception>
    public static void Verify(string path, string text)
    {
        string file = Path.Combine(RepositoryFolder.Root, path);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            return;
        }

        const string Remedy = $"If the change is meant, run the test with {UpdateVariable}=1 and review the difference.";
        if (!File.Exists(file))
        {
            throw new XunitException($"GoldenText.Verify: {path} does not exist. {Remedy}");
        }

        string[] kept = File.ReadAllText(file).ReplaceLineEndings("\n").Split('\n');
        string[] got = text.Split('\n');
        if (!kept.SequenceEqual(got))
        {
            throw new XunitException($"GoldenText.Verify: {path} is kept (-), another text arrived (+). {Remedy}\n{LineDifference.Between(kept, got)}");
        }
    }
}
