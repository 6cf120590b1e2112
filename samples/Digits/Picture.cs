namespace Samples;

/// <summary>Digits as block characters.</summary>
internal static class Picture
{
    public const int Width = 20;

    private const string Shades = " ░▒▓█";

    public static IEnumerable<string> SideBySide(IReadOnlyList<byte[]> digits) =>
        Enumerable.Range(0, 8).Select(y => string.Concat(digits.Select(d => string.Concat(Enumerable.Range(0, 8).Select(x => new string(Shades[d[y * 8 + x] * (Shades.Length - 1) / 16], 2))).PadRight(Width))));
}
