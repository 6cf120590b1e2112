using System.Globalization;
using System.Text;

namespace ModelBuild.Engine;

/// <summary>report.md: the report for terminals, reviews and the summaries of CI.</summary>
internal static class ReportMarkdown
{
    public static byte[] Of(Report report)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"# {report.Class}");
        Line($"{report.Summary}");
        Line($"");
        Line($"| | |");
        Line($"|---|---|");
        foreach (var (name, value) in report.Facts)
            Line($"| {name} | {Cell(value)} |");
        Line($"");
        Line($"## Steps");
        Line($"| step | nodes | bytes of constants | stored in | error of the worst layer |");
        Line($"|---|---:|---:|---:|---|");
        foreach (Footprint step in report.Steps)
            Line($"| {Cell(step.Step)} | {step.Nodes:N0} | {step.Bytes:N0} | {step.Stored:N0} | {(step.Layer == null ? "" : $"{step.Error:0.0E+0} {Cell(step.Layer)}")} |");
        Line($"");
        Line($"## Layers");
        Line($"| layer | kernel | stored as | bytes before | after | zeros | MACs | SQNR, dB |");
        Line($"|---|---|---|---:|---:|---:|---:|---:|");
        foreach (ReportLayer layer in report.Layers)
            Line($"| {Cell(layer.Layer)} | {layer.Kernel} | {layer.Stored} | {layer.BytesBefore:N0} | {layer.Bytes:N0} | {Report.Percent(layer.Zeros)} | {layer.Macs:N0} | {Report.Decibels(layer.Error?.Sqnr)} |");
        if (report.Search is { } search)
        {
            Line($"");
            Line($"## What auto tried");
            Line($"| bytes | drop on calibration samples kept apart | recipe |");
            Line($"|---:|---:|---|");
            foreach (Trial trial in search.Trials)
                Line($"| {trial.Bytes:N0}{(trial.Chosen ? " **chosen**" : "")} | {Report.Percent(trial.Drop)} | {Cell(trial.Recipe)} |");
        }
        if (report.Choices.Count > 0)
        {
            Line($"");
            Line($"## Choices");
            foreach (string choice in report.Choices)
                Line($"- {choice}");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Cell(string text) => text.Replace("|", "\\|");
}
