namespace GpuRnn.Compiler.Frontend.Bodies;

/// <summary>The functions of <see cref="Math"/> and <see cref="MathF"/> whose bodies work on addresses.</summary>
internal static class MathBodies
{
    public static (float Sin, float Cos) SinCos(float x) => (MathF.Sin(x), MathF.Cos(x));

    public static (double Sin, double Cos) SinCos(double x) => (Math.Sin(x), Math.Cos(x));
}
