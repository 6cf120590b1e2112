using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace ModelBuild.Engine;

/// <summary>The report's charts, as SVG to stand inside a page. Colours suit light and dark paper.</summary>
internal static partial class Charts
{
    private const double Width = 620, Line = 22, Letter = 6.4, Foot = 44;

    /// <summary>Of a large network the largest layers are shown.</summary>
    public const int MostLayers = 40;

    private static readonly OxyColor s_ink = OxyColor.FromRgb(0x88, 0x88, 0x88), s_before = OxyColor.FromRgb(0xb4, 0xb9, 0xc4), s_after = OxyColor.FromRgb(0x3b, 0x82, 0xf6), s_mark = OxyColor.FromRgb(0xf5, 0x9e, 0x0b);

    /// <summary>Bytes of each layer, before and after.</summary>
    public static string Sizes(IEnumerable<ReportLayer> layers) => Bars(
        [.. layers.OrderByDescending(l => l.BytesBefore ?? l.Bytes).Take(MostLayers).Select(l => (l.Name, new[] { l.BytesBefore ?? 0.0, l.Bytes }))], "bytes", "before", "after");

    /// <summary>The signal-to-quantization-noise ratio of each layer's outputs.</summary>
    public static string Noise(IEnumerable<ReportLayer> layers) => Bars(
        [.. layers.Where(l => l.Error is { } e && double.IsFinite(e.Sqnr)).Take(MostLayers).Select(l => (l.Name, new[] { l.Error!.Sqnr }))], "dB", "SQNR");

    /// <summary>What each format costs the network's outputs, of each layer alone.</summary>
    public static string Sensitivities(SearchTrace search)
    {
        string[] formats = [.. search.Sensitivities.Select(s => s.Format).Distinct()];
        // Noise of the outputs in dB: large is bad here, and zero is none.
        (string, double[])[] rows =
        [
            .. search.Sensitivities.GroupBy(s => s.Layer).OrderByDescending(g => g.Max(s => s.Error)).Take(MostLayers)
                .Select(g => (g.Key, formats.Select(f => 100 * Math.Sqrt(g.First(s => s.Format == f).Error)).ToArray())),
        ];
        return Bars(rows, "% of the outputs' root mean square", formats);
    }

    /// <summary>Bytes against what is lost, of each trial.</summary>
    public static string Curve(SearchTrace search)
    {
        PlotModel plot = Plot();
        plot.PlotMargins = new OxyThickness(56, 4, 12, Foot);
        plot.Axes.Add(Axis(AxisPosition.Bottom, "bytes of weights"));
        plot.Axes.Add(Axis(AxisPosition.Left, "samples lost, %"));
        var line = new LineSeries { Color = s_after, MarkerType = MarkerType.Circle, MarkerSize = 4, MarkerFill = s_after };
        var chosen = new ScatterSeries { MarkerType = MarkerType.Diamond, MarkerSize = 8, MarkerFill = s_mark, Title = "chosen" };
        foreach (Trial trial in search.Trials)
        {
            line.Points.Add(new DataPoint(trial.Bytes, 100 * trial.Drop));
            if (trial.Chosen)
                chosen.Points.Add(new ScatterPoint(trial.Bytes, 100 * trial.Drop));
        }
        plot.Series.Add(line);
        plot.Series.Add(chosen);
        return Svg(plot, Width, 280);
    }

    /// <summary>Where weights lie, before and after; each as a share of its own highest bin, as compressed ones stand on few values.</summary>
    public static string Histogram(WeightHistogram weights)
    {
        PlotModel plot = Plot();
        plot.PlotAreaBorderThickness = new OxyThickness(0);
        plot.Padding = new OxyThickness(0);
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, IsAxisVisible = false, Minimum = 0, Maximum = weights.Before.Count });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, IsAxisVisible = false, Minimum = 0, Maximum = 1.05 });
        plot.Series.Add(Area(weights.Before, s_before, 0));
        plot.Series.Add(Area(weights.After, s_after, 0.55));
        return Svg(plot, 220, 90);
    }

    private static AreaSeries Area(IReadOnlyList<int> counts, OxyColor color, double thin)
    {
        var area = new AreaSeries { Color = OxyColors.Transparent, StrokeThickness = 0, Fill = color };
        double most = Math.Max(1, counts.Max());
        for (int i = 0; i < counts.Count; i++)
        {
            double left = i + thin / 2, right = i + 1 - thin / 2, height = counts[i] / most;
            foreach (var (x, y) in ((double, double)[])[(left, 0), (left, height), (right, height), (right, 0)])
            {
                area.Points.Add(new DataPoint(x, y));
                area.Points2.Add(new DataPoint(x, 0));
            }
        }
        return area;
    }

    private static string Bars((string Name, double[] Values)[] rows, string unit, params string[] series)
    {
        PlotModel plot = Plot();
        var names = new CategoryAxis { Position = AxisPosition.Left, TextColor = s_ink, TicklineColor = s_ink, AxislineColor = s_ink, GapWidth = 0.35, StartPosition = 1, EndPosition = 0 };
        names.Labels.AddRange(rows.Select(r => r.Name.Length > 26 ? "…" + r.Name[^25..] : r.Name));
        // The exporter's own measure of texts is of another font than a browser's.
        plot.PlotMargins = new OxyThickness(names.Labels.Max(l => l.Length) * Letter + 12, 4, 12, Foot);
        plot.Axes.Add(names);
        LinearAxis values = Axis(AxisPosition.Bottom, unit);
        values.MinimumPadding = 0;
        plot.Axes.Add(values);
        OxyColor[] colors = series.Length == 1 ? [s_after] : [s_before, s_after, s_mark];
        for (int s = 0; s < series.Length; s++)
        {
            var bars = new BarSeries { Title = series[s], FillColor = colors[s], StrokeThickness = 0 };
            bars.Items.AddRange(rows.Select(r => new BarItem(r.Values[s])));
            plot.Series.Add(bars);
        }
        if (series.Length > 1)
            plot.Legends.Add(new Legend { LegendTextColor = s_ink, LegendPlacement = LegendPlacement.Inside, LegendPosition = LegendPosition.RightBottom, LegendFontSize = 12 });
        return Svg(plot, Width, rows.Length * Line * Math.Max(1, series.Length * 0.6) + 70);
    }

    private static PlotModel Plot() => new() { Background = OxyColors.Transparent, TextColor = s_ink, PlotAreaBorderColor = s_ink, PlotAreaBorderThickness = new OxyThickness(0, 0, 0, 1), DefaultFont = "Arial" };

    private static LinearAxis Axis(AxisPosition position, string title) => new()
    {
        Position = position, Title = title, TextColor = s_ink, TitleColor = s_ink, TicklineColor = s_ink, AxislineColor = s_ink, MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColor.FromAColor(60, s_ink),
        StringFormat = "#,0.##", AxisTitleDistance = 10,
    };

    private static string Svg(PlotModel plot, double width, double height)
    {
        string svg = new SvgExporter { Width = width, Height = height, IsDocument = false, UseVerticalTextAlignmentWorkaround = true }.ExportToString(plot);
        // Several stand in one page: what each clips by needs a name of its own. With a view box a page scales it to the room that there is.
        svg = ClipName().Replace(svg[(svg.IndexOf("<svg", StringComparison.Ordinal) + 4)..], $"clip-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(svg)).AsSpan(0, 6))}-");
        return string.Create(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {width:0} {height:0}\" role=\"img\"{svg}");
    }

    [GeneratedRegex("clipPath(?=[0-9])")]
    private static partial Regex ClipName();
}
