using System.Globalization;
using System.Text.RegularExpressions;

namespace ModelBuild.Engine;

/// <summary>Numbers with a unit, the same everywhere: <c>50%</c> is 0.5, 1 KB = 1,000 bytes, 1 KiB = 1,024.</summary>
internal static partial class Quantity
{
    /// <summary>A number and what may be its unit.</summary>
    public const string Pattern = @"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(%|[A-Za-z]*)";

    private static readonly (string Unit, double Factor)[] Units =
    [
        ("", 1), ("%", 0.01), ("B", 1), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ];

    /// <summary>The units, for messages.</summary>
    public static string Valid => string.Join(", ", Units.Skip(1).Select(u => u.Unit));

    public static bool Knows(string unit) => Units.Any(u => Is(u.Unit, unit));

    /// <summary>What number and unit make.</summary>
    public static double Of(double amount, string unit) => unit == "%" ? amount / 100 : amount * Units.First(u => Is(u.Unit, unit)).Factor;

    /// <summary>Whether the unit counts bytes.</summary>
    public static bool IsBytes(string unit) => unit is not ("" or "%");

    /// <summary>A number, with a unit or without, and nothing else; null where the text is something else.</summary>
    public static (double Amount, string Unit)? Parse(string text)
    {
        Match match = Whole().Match(text.Trim());
        return match.Success && Number(match.Groups[1].Value) is { } amount && Knows(match.Groups[2].Value) ? (amount, match.Groups[2].Value) : null;
    }

    /// <summary>A plain number or a fraction of two (<c>1/255</c>); null where the text is neither.</summary>
    public static double? ParseFraction(string text)
    {
        string[] parts = text.Split('/');
        double? value = Number(parts[0]);
        return parts.Length == 1 ? value : parts.Length == 2 && Number(parts[1]) is { } over && over != 0 ? value / over : null;
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    private static bool Is(string unit, string written) => unit.Equals(written, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("^" + Pattern + "$")]
    private static partial Regex Whole();
}
