namespace GpuRnn.Data.Audio;

/// <summary>How frequency becomes pitch, and how mel filters are weighed.</summary>
public enum MelScale
{
    /// <summary>
    /// Linear to 1000 Hz (3 f / 200), logarithmic above (27 steps to 6400 Hz); filters of equal area, 2 / their width in hertz. Slaney 1998,
    /// Auditory Toolbox; librosa's default.
    /// </summary>
    Slaney,

    /// <summary>2595 log₁₀(1 + f / 700); filters with a peak of 1. O'Shaughnessy 1987; the Hidden Markov Model Toolkit.</summary>
    Htk,
}
