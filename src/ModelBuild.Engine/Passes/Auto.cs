using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace ModelBuild.Engine;

/// <remarks>
/// What a layer alone in a format costs the network's outputs is measured on calibration data; the layers' costs are taken to add up. From int8 everywhere, one step down after
/// the other is taken, the one that costs least for the bytes that it saves, which makes a path of assignments; the place on it is found by trying whole ones, after those with one format for all.
/// Every second sample is kept apart: weights are solved for on the others, and costs and trials measured on these. A drop is seen no better than samples are like what the model will
/// meet: MaxAccuracyDrop judges by data that no step has seen.
/// </remarks>
[Description("gives each layer the fewest bits that a budget allows, and runs it as integers: as quantize(…) of some layers each, then quantize(int8); the report has that recipe, to be pasted")]
internal sealed record Auto(
    [Description("how much less of the calibration samples may be right afterwards; of samples without labels: how many may be classified otherwise"), Range(0.0, 1.0)] double? MaxDrop = null,
    [Description("the bytes that weights may have"), Range(1.0, int.MaxValue)] double? MaxSize = null,
    [Description("how many whole assignments are tried"), Range(1, 100)] int Trials = 8) : Pass
{
    // For a layer alone a few samples say enough.
    private const int Every = 2, Probes = 128;

    private static readonly (WeightType Type, double Bits)[] s_formats = [(WeightType.Int8, 8), (WeightType.Int4, 4), (WeightType.Int3, 3), (WeightType.Ternary, 1.6)];

    public override Pass? Quickly() => null;

    public override string? Conflict => MaxDrop == null == (MaxSize == null) ? "one of 'max-drop' and 'max-size' is needed" : null;

    public override bool NeedsCalibration => true;

    public override bool Applies(Graph graph, Node node) => LayerSolver.Product(graph, node) != null && QuantizeInt8.IsInteger(graph, node) && LowBits.HasOwnWeights(graph, node);

    public override Graph Apply(Graph graph, PassContext context)
    {
        Node[] layers = [.. graph.Nodes.Where(n => Applies(graph, n) && Nodes.Selects(n))];
        Sample[] samples = [.. context.Samples.Select((s, i) => new Sample(s, context.Labels?[i]))];
        Sample[] seen = [.. samples.Where((_, i) => i % Every != 0)], apart = [.. samples.Where((_, i) => i % Every == 0)];
        var search = new Search(graph, context, layers, seen, apart, [.. Search.Outputs(graph, apart.Concat(seen))], Nodes);
        // What one would write by hand first: what is found is no worse.
        foreach (int[] uniform in search.Uniform().TakeWhile(_ => search.Tried.Count < Trials && (MaxSize != null ? !search.Tried.Any(Fits) : search.Tried.All(Fits))))
            search.Try(uniform);
        // Along the path sizes fall and drops rise.
        List<int[]> path = search.Path();
        for (int low = 0, high = path.Count; search.Tried.Count < Trials && low < high;)
        {
            int middle = (low + high) / 2;
            if (Fits(search.Try(path[middle])) == (MaxSize != null))
                high = middle;
            else
                low = middle + 1;
        }
        Assignment[] fit = [.. search.Tried.Where(Fits)];
        Assignment best = fit.Length == 0 ? search.Try(MaxSize != null ? path[^1] : path[0]) : MaxSize != null ? fit.MinBy(t => t.Drop)! : fit.MinBy(t => t.Bytes)!;
        if (best.Bytes > MaxSize)
            throw new OperatorException(string.Create(CultureInfo.InvariantCulture, $"auto(max-size: {MaxSize:0}): the fewest bytes that it can give are {best.Bytes:N0}"));
        context.Note(string.Create(CultureInfo.InvariantCulture, $"auto: {search.Recipe(best.Formats)} ({best.Bytes:N0} bytes, {best.Drop * 100:0.00} % lost of {search.Apart} calibration samples kept apart)"));
        context.Search(search.Trace(best));
        return search.Run(best.Formats, samples.Select(s => s.Inputs));
    }

    private bool Fits(Assignment tried) => MaxSize != null ? tried.Bytes <= MaxSize : tried.Drop <= MaxDrop;

    private sealed record Sample(Tensor[] Inputs, int? Label);

    /// <summary>A format for each layer, by its place among the formats; the bytes of the weights, and the share of the samples that it loses.</summary>
    private sealed record Assignment(int[] Formats, int Bytes, double Drop);

    private sealed class Search(Graph graph, PassContext context, Node[] layers, Sample[] seen, Sample[] apart, Tensor[] given, Selection nodes)
    {
        // What the network gave for the samples apart, and what has been tried.
        private readonly Tensor[] _given = [.. given[..apart.Length]];
        private readonly Margins _margins = new(given, [.. apart.Concat(seen).Select(s => s.Label)]);
        private readonly List<Assignment> _tried = [];

        // What each layer alone costs in each format.
        private double[][] _costs = [];

        public int Apart => apart.Length;

        public IReadOnlyList<Assignment> Tried => _tried;

        public SearchTrace Trace(Assignment chosen) => new(
            [.. layers.SelectMany((n, l) => s_formats.Select((f, i) => new Sensitivity(n.Name, f.Type.ToString().ToLowerInvariant(), _costs[l][i])).Skip(1))],
            [.. _tried.OrderBy(t => t.Bytes).Select(t => new Trial(t.Bytes, t.Drop, Recipe(t.Formats), t == chosen))]);

        /// <summary>One format for all but the first, the last and small layers, which keep int8.</summary>
        public IEnumerable<int[]> Uniform() => Enumerable.Range(1, s_formats.Length - 1).Select(format =>
            layers.Select((n, l) => l == 0 || l == layers.Length - 1 || Size(n) < WeightTensors.Small ? 0 : format).ToArray());

        /// <summary>From int8 everywhere to the fewest bits everywhere.</summary>
        public List<int[]> Path()
        {
            double[][] costs = _costs = [.. layers.Select(Costs)];
            var path = new List<int[]> { new int[layers.Length] };
            while (path[^1].Any(f => f < s_formats.Length - 1))
            {
                int[] last = path[^1];
                int next = Enumerable.Range(0, layers.Length).Where(l => last[l] < s_formats.Length - 1)
                    .MinBy(l => (costs[l][last[l] + 1] - costs[l][last[l]]) / (Size(layers[l]) * (s_formats[last[l]].Bits - s_formats[last[l] + 1].Bits)));
                path.Add([.. last.Select((f, l) => l == next ? f + 1 : f)]);
            }
            return path;
        }

        public Assignment Try(int[] formats)
        {
            if (_tried.FirstOrDefault(t => t.Formats.AsSpan().SequenceEqual(formats)) is { } known)
                return known;
            context.Progress($"trial {_tried.Count + 1}");
            Graph after = Simplify.Run(Run(formats, seen.Select(s => s.Inputs)));
            Tensor[] now = [.. Outputs(after, apart)];
            // Both say too little of few samples; whoever sets a limit wants the more careful one.
            double drop = Math.Max(_margins.Drop(now, _given), _margins.Counted(now));
            _tried.Add(new(formats, Emitted.From(after, PlanNames.None).Weights.Length, drop));
            return _tried[^1];
        }

        public Graph Run(int[] formats, IEnumerable<Tensor[]> samples)
        {
            PassContext on = context with { Samples = [.. samples] };
            Graph present = graph;
            foreach (var (pass, _) in Steps(formats))
                present = pass.Apply(present, on);
            return present;
        }

        public string Recipe(int[] formats) => string.Join(" | ", Steps(formats).Select(s => s.Text));

        private IEnumerable<(Pass Pass, string Text)> Steps(int[] formats)
        {
            for (int f = 1; f < s_formats.Length; f++)
            {
                string[] names = [.. layers.Where((_, l) => formats[l] == f).Select(n => n.Name)];
                if (names.Length > 0)
                    yield return (Alone(f, names), $"quantize({s_formats[f].Type.ToString().ToLowerInvariant()}, wide: none{Entries("only", new(names))})");
            }
            yield return (new QuantizeInt8 { Nodes = nodes }, $"quantize(int8{Entries("only", nodes.Only)}{Entries("except", nodes.Except)})");
        }

        private static string Entries(string key, EquatableArray<string> entries) => entries.Count == 0 ? "" : $", {key}: [{string.Join(", ", entries.Select(e => $"'{e}'"))}]";

        private static QuantizeWeights Alone(int format, params string[] names) => new(s_formats[format].Type, Wide: WideLayers.None) { Nodes = new(new(names), default) };

        /// <summary>What each format costs, of the layer alone: the squared error of the network's scores by their square. int8 costs nothing.</summary>
        private double[] Costs(Node layer)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            PassContext on = context with { Samples = [.. seen.Take(Probes).Select(s => s.Inputs)] };
            var costs = new double[s_formats.Length];
            for (int f = 1; f < s_formats.Length; f++)
                costs[f] = Math.Max(costs[f - 1], Error(Alone(f, layer.Name).Apply(graph, on)));
            return costs;
        }

        private double Error(Graph after)
        {
            double error = 0, power = 0;
            foreach (var (given, got) in _given.Zip(Outputs(after, apart.Take(Probes))))
            {
                foreach (var (a, b) in Margins.Scores(given).Zip(Margins.Scores(got)))
                {
                    error += (a - b) * (a - b);
                    power += a * a;
                }
            }
            return error / Math.Max(power, double.Epsilon);
        }

        private double Size(Node layer) => graph.Constant(layer.Inputs[1])!.Shape.Size;

        public static IEnumerable<Tensor> Outputs(Graph graph, IEnumerable<Sample> samples)
        {
            Emitted emitted = Emitted.From(graph, PlanNames.None);
            using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
            foreach (Sample sample in samples)
                yield return runner.Run(sample.Inputs)[0];
        }
    }
}
