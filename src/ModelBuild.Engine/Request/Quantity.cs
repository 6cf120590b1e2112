namespace ModelBuild.Engine;

/// <summary>Numbers with a unit, the same everywhere: <c>50%</c> is 0.5, 1 KB = 1,000 bytes, 1 KiB = 1,024.</summary>
internal static class Quantity
{
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

    private static bool Is(string unit, string written) => unit.Equals(written, StringComparison.OrdinalIgnoreCase);
}
