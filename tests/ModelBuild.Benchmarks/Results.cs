using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace ModelBuild.Benchmarks;

/// <summary>One case's figures: microseconds, ratios of ONNX Runtime's time, bytes. What ONNX Runtime can't run is null.</summary>
internal sealed record ResultRow(
    string Model, string Recipe, int Threads, double Microseconds, double? OnnxRuntimeMicroseconds, double? Ratio, double? RatioLow, double? RatioHigh,
    double BytesPerCall, double FirstCall, double? OnnxRuntimeFirstCall, double? MaxError);

/// <summary>A processor's figures, as a file in <c>results/</c> holds them.</summary>
/// <param name="Cpu">The processor.</param>
/// <param name="Facts">What else they depend on.</param>
/// <param name="Rows">A case each.</param>
internal sealed partial record Results(string Cpu, string Facts, IReadOnlyList<ResultRow> Rows)
{
    private static readonly string[] s_columns = ["model", "recipe", "threads", "µs", "ONNX Runtime µs", "ratio", "half of the rounds", "bytes a call", "first call µs", "ONNX Runtime's", "max error"];

    /// <summary>The committed files, one a processor.</summary>
    public static IEnumerable<string> Files => Directory.Exists(Folder()) ? Directory.EnumerateFiles(Folder(), "*.md").Order(StringComparer.Ordinal) : [];

    public static string File(string cpu) => Path.Combine(Folder(), NoLetter().Replace(cpu, "-").Trim('-') + ".md");

    public static Results Read(string file) => Parse(System.IO.File.ReadAllText(file));

    /// <exception cref="FormatException">It is no such text.</exception>
    public static Results Parse(string text)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        ResultRow[] rows = [.. lines.Where(l => l.StartsWith('|')).Skip(2).Select(Row)];
        return new(lines[0].TrimStart('#', ' '), lines[1], rows);
    }

    public void Write()
    {
        Directory.CreateDirectory(Folder());
        System.IO.File.WriteAllText(File(Cpu), Text());
    }

    public string Text()
    {
        var text = new StringBuilder($"# {Cpu}\n{Facts}\n\n");
        text.Append("Written by `models --write` (the README says how). A call in microseconds, medians; ratios below 1: ModelBuild is faster.\n\n");
        text.Append($"| {string.Join(" | ", s_columns)} |\n|---|---|{string.Concat(s_columns.Skip(2).Select(_ => "---:|"))}\n");
        foreach (ResultRow row in Rows)
            text.Append($"| {string.Join(" | ", Cells(row))} |\n");
        return text.ToString();
    }

    private static string[] Cells(ResultRow row) =>
    [
        row.Model, row.Recipe.Replace("|", "\\|"), $"{row.Threads}", Time(row.Microseconds), Time(row.OnnxRuntimeMicroseconds), Cell(row.Ratio, "0.000"),
        row.Ratio == null ? "–" : $"{Cell(row.RatioLow, "0.000")}–{Cell(row.RatioHigh, "0.000")}", Cell(row.BytesPerCall, "0"),
        Cell(row.FirstCall, "N0"), Cell(row.OnnxRuntimeFirstCall, "N0"), Cell(row.MaxError, "0.0E+0"),
    ];

    private static ResultRow Row(string line)
    {
        string[] cells = [.. Border().Split(line).Skip(1).SkipLast(1).Select(c => c.Trim().Replace("\\|", "|"))];
        if (cells.Length != s_columns.Length)
            throw new FormatException($"a row of results has {s_columns.Length} cells, not {cells.Length}: {line}");
        double? Number(string text) => text == "–" ? null : double.Parse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        string[] half = cells[6] == "–" ? ["–", "–"] : cells[6].Split('–');
        return new(cells[0], cells[1], int.Parse(cells[2], CultureInfo.InvariantCulture), Number(cells[3])!.Value, Number(cells[4]), Number(cells[5]), Number(half[0]), Number(half[1]),
            Number(cells[7])!.Value, Number(cells[8])!.Value, Number(cells[9]), Number(cells[10]));
    }

    private static string Time(double? microseconds) => Cell(microseconds, microseconds switch { < 10 => "0.000", < 1000 => "0.0", _ => "N0" });

    private static string Cell(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "results");

    [GeneratedRegex(@"[^A-Za-z0-9.]+")]
    private static partial Regex NoLetter();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Border();
}
