using System.Globalization;
using System.Net;
using System.Text;

namespace ModelBuild.Engine;

/// <summary>report.html: the report as one page that needs nothing else, for looking at and handing on.</summary>
internal static class ReportHtml
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1f2430; --soft: #697080; --paper: #fff; --card: #f4f6f9; --line: #dfe3ea; --accent: #3b82f6 }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa3b2; --paper: #14171d; --card: #1d222b; --line: #313845 } }
        body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
        h1 { margin: 0; font-size: 2rem } h2 { margin: 2.5rem 0 .6rem; font-size: 1.2rem } p { margin: .3rem 0; color: var(--soft) }
        code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; margin-top: 1.2rem }
        .card { background: var(--card); border-radius: .6rem; padding: .8rem 1rem } .card b { display: block; font-size: 1.35rem; line-height: 1.3 } .card span { color: var(--soft); font-size: .85rem }
        .card b i { font-style: normal; color: var(--soft); font-weight: 400 } .card em { font-style: normal; color: var(--accent) }
        .scroll { overflow-x: auto } table { border-collapse: collapse; font-size: .85rem; width: 100% }
        th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top } th { color: var(--soft); font-weight: 600 } .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
        svg { max-width: 100%; height: auto }
        .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: 1rem } figure { margin: 0 } figcaption { font-size: .75rem; color: var(--soft); overflow-wrap: anywhere }
        li { overflow-wrap: anywhere }
        """;

    public static byte[] Of(Report report)
    {
        var page = new StringBuilder();
        void Line(string text) => page.Append(text).Append('\n');
        Line("<!doctype html>");
        Line($"<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{Text(report.Class)}: {Text(report.Factor)}</title>");
        Line($"<style>\n{Style}\n</style></head><body>");
        Line($"<h1>{Text(report.Class)}</h1>");
        Line($"<p>{Text(report.Model)} · {(report.Recipe.Length == 0 ? "float, simplified" : $"<code>{Text(report.Recipe)}</code>")}</p>");
        Line($"<div class=\"cards\">{string.Concat(Cards(report))}</div>");

        IReadOnlyList<ReportLayer> layers = report.Layers;
        if (layers.Count > 0)
            Line($"<h2>Where the bytes are</h2>\n{(layers.Count > Charts.MostLayers ? $"<p>The {Charts.MostLayers} largest of {layers.Count} layers.</p>\n" : "")}{Charts.Sizes(layers)}");
        if (layers.Any(l => l.Error is { } e && double.IsFinite(e.Sqnr)))
            Line($"<h2>What layers kept</h2>\n<p>Signal to quantization noise of each layer’s outputs against the float model’s, on calibration samples: 20 dB is a tenth of the signal, 40 dB a hundredth.</p>\n{Charts.Noise(layers)}");
        if (report.Search is { Trials.Count: > 0 } search)
        {
            Line($"<h2>What auto tried</h2>\n<p>Whole assignments, on calibration samples that no weight was chosen by.</p>\n{Charts.Curve(search)}");
            Line($"<p>What a format costs the network’s outputs where one layer alone has it.</p>\n{Charts.Sensitivities(search)}");
        }
        ReportLayer[] counted = [.. layers.Where(l => l.Weights != null).Take(Charts.MostLayers)];
        if (counted.Length > 0)
            Line($"<h2>Weights</h2>\n<p>Before in grey, after in blue, each to its own height; the middle is zero.</p>\n<div class=\"grid\">{string.Concat(counted.Select(Figure))}</div>");

        Line("<h2>Steps</h2>");
        Line(Table(["step", "#nodes", "#bytes of constants", "#stored in", "#error", "worst layer"], report.Steps.Select(s => new[]
        {
            s.Step, Number(s.Nodes), Number(s.Bytes), s.Stored is { } stored ? Number(stored) : "", s.Layer == null ? "" : s.Error!.Value.ToString("0.0E+0", CultureInfo.InvariantCulture), s.Layer ?? "",
        })));
        Line("<h2>Layers</h2>");
        Line(Table(["layer", "kernel", "stored as", "#bytes before", "#after", "#zeros", "#MACs before", "#after", "#SQNR, dB"], layers.Select(l => new[]
        {
            l.Layer, l.Kernel, l.Stored, l.BytesBefore is { } bytes ? Number(bytes) : "", Number(l.Bytes), Report.Percent(l.Zeros), l.MacsBefore is { } macs ? Number(macs) : "", Number(l.Macs), Report.Decibels(l.Error?.Sqnr),
        })));
        if (report.Choices.Count > 0)
            Line($"<h2>Choices</h2>\n<ul>{string.Concat(report.Choices.Select(c => $"<li>{Text(c)}</li>"))}</ul>");
        Line("<h2>Facts</h2>");
        Line(Table(["", ""], report.Facts.Select(f => new[] { f.Name, f.Value })));
        Line($"<p>ModelBuild {Text(report.Tool)}</p>");
        Line("</body></html>");
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static IEnumerable<string> Cards(Report report)
    {
        Measurement measured = report.Measurement;
        yield return Card("size", Report.Size(report.BytesBefore), Report.Size(report.WeightsBytes), report.Factor);
        if (measured.AccuracyBefore is { } before && measured.AccuracyAfter is { } after)
            yield return Card("top-1", Report.Percent(before), Report.Percent(after), $"on {Number(measured.Samples)} samples");
        yield return Card("same class as before", null, Report.Percent(measured.Agreement), $"{Number(measured.Samples)} {measured.Data} samples");
        if (report.Microseconds is { } time)
            yield return Card("a call, one thread", Report.Time(time.Before), Report.Time(time.After), "on the machine that built");
        long macsBefore = report.Layers.Sum(l => l.MacsBefore ?? l.Macs);
        yield return Card("multiply–accumulates", macsBefore == report.Macs ? null : Number(macsBefore), Number(report.Macs), "a call");
        yield return Card("scratch", null, Report.Size(report.ScratchBytes), "a concurrent call");
    }

    private static string Card(string title, string? before, string after, string note) =>
        $"<div class=\"card\"><span>{Text(title)}</span><b>{(before == null ? "" : $"<i>{Text(before)} →</i> ")}{Text(after)}</b><em>{Text(note)}</em></div>";

    private static string Figure(ReportLayer layer) =>
        $"<figure>{Charts.Histogram(layer.Weights!)}<figcaption>{Text(layer.Name)}<br>{Text(layer.Stored.Length == 0 ? layer.Kernel : layer.Stored)}, {Text(Report.Percent(layer.Zeros))} zeros</figcaption></figure>";

    /// <summary>A heading with # before it is of numbers.</summary>
    private static string Table(string[] headings, IEnumerable<string[]> rows)
    {
        bool[] numbers = [.. headings.Select(h => h.StartsWith('#'))];
        string Row(string cell, IEnumerable<string> texts) => $"<tr>{string.Concat(texts.Select((t, i) => $"<{cell}{(numbers[i] ? " class=\"n\"" : "")}>{Text(t)}</{cell}>"))}</tr>";
        string heading = headings.All(h => h.Length == 0) ? "" : Row("th", headings.Select(h => h.TrimStart('#')));
        return $"<div class=\"scroll\"><table>{heading}{string.Concat(rows.Select(r => Row("td", r)))}</table></div>";
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
