using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace ModelBuild.Engine;

/// <remarks>
/// What a layer alone in a format costs the network's outputs is measured on calibration data; the layers' costs are taken to add up. From int8 everywhere, one step down after
/// the other is taken, the one that costs least for the bytes that it saves, which makes a path of assignments; the place on it is found by trying whole ones. Every second sample
/// is kept apart: weights are solved for on the others, and costs and trials measured on these. A drop is seen as finely as there are samples, and no better than they are like
/// what the model will meet: MaxAccuracyDrop judges by data that no step has seen.
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

    public override Pass? Quick => null;

    public override string? Conflict => MaxDrop == null == (MaxSize == null) ? "one of 'max-drop' and 'max-size' is needed" : null;

    public override bool NeedsCalibration => true;

    public override bool Applies(Graph graph, Node node) => LayerSolver.Product(graph, node) != null && QuantizeInt8.IsInteger(graph, node) && LowBits.HasOwnWeights(graph, node);

    public override Graph Apply(Graph graph, PassContext context)
    {
        Node[] layers = [.. graph.Nodes.Where(n => Applies(graph, n) && Nodes.Selects(n))];
        Sample[] samples = [.. context.Samples.Select((s, i) => new Sample(s, context.Labels?[i]))];
        var search = new Search(graph, context, layers, [.. samples.Where((_, i) => i % Every != 0)], [.. samples.Where((_, i) => i % Every == 0)], Nodes);
        List<int[]> path = search.Path();
        // Along the path sizes fall and drops rise.
        int low = 0, high = path.Count - 1;
        for (int trial = 0; trial < Trials && low < high; trial++)
        {
            int middle = MaxSize != null ? (low + high) / 2 : (low + high + 1) / 2;
            var (bytes, drop) = search.Try(path[middle]);
            (low, high) = (MaxSize != null, MaxSize != null ? bytes <= MaxSize : drop <= MaxDrop) switch
            {
                (true, true) => (low, middle),
                (true, false) => (middle + 1, high),
                (false, true) => (middle, high),
                _ => (low, middle - 1),
            };
        }
        int[] chosen = path[MaxSize != null ? high : low];
        var (size, lost) = search.Try(chosen);
        if (size > MaxSize)
            throw new OperatorException(string.Create(CultureInfo.InvariantCulture, $"auto(max-size: {MaxSize:0}): the fewest bytes that it can give are {size:N0}"));
        context.Note(string.Create(CultureInfo.InvariantCulture, $"auto: {search.Recipe(chosen)} ({size:N0} bytes; {lost * search.Apart:0} of {search.Apart} samples lost)"));
        context.Search(search.Trace(chosen));
        return search.Run(chosen, samples.Select(s => s.Inputs));
    }

    private sealed record Sample(Tensor[] Inputs, int? Label);

    /// <summary>Assignments: a format for each layer, by its place among the formats.</summary>
    private sealed class Search(Graph graph, PassContext context, Node[] layers, Sample[] seen, Sample[] apart, Selection nodes)
    {
        // What the network gave, and what has been tried.
        private readonly Tensor[] _given = [.. Outputs(graph, apart)];
        private readonly Dictionary<int[], (int Bytes, double Drop)> _tried = [];

        // What each layer alone costs in each format.
        private double[][] _costs = [];

        public int Apart => apart.Length;

        public SearchTrace Trace(int[] chosen) => new(
            [.. layers.SelectMany((n, l) => s_formats.Select((f, i) => new Sensitivity(n.Name, f.Type.ToString().ToLowerInvariant(), _costs[l][i])).Skip(1))],
            [.. _tried.OrderBy(t => t.Value.Bytes).Select(t => new Trial(t.Value.Bytes, t.Value.Drop, Recipe(t.Key), t.Key == chosen))]);

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

        /// <summary>The bytes of an assignment's weights, and how much less it gets right.</summary>
        public (int Bytes, double Drop) Try(int[] formats)
        {
            if (_tried.TryGetValue(formats, out var known))
                return known;
            Graph after = Simplify.Run(Run(formats, seen.Select(s => s.Inputs)));
            int[] classes = [.. Outputs(after, apart).Select(Measurement.Best)];
            int lost = 0;
            for (int i = 0; i < apart.Length; i++)
            {
                int before = Measurement.Best(_given[i]), label = apart[i].Label ?? before;
                lost += (before == label ? 1 : 0) - (classes[i] == label ? 1 : 0);
            }
            return _tried[formats] = (Emitted.From(after, PlanNames.None).Weights.Length, lost / (double)apart.Length);
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

        /// <summary>What each format costs, of the layer alone: the squared error of the network's outputs by their square. int8 costs nothing.</summary>
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
                foreach (var (a, b) in given.Doubles().Zip(got.Doubles()))
                {
                    error += (a - b) * (a - b);
                    power += a * a;
                }
            }
            return error / Math.Max(power, double.Epsilon);
        }

        private double Size(Node layer) => graph.Constant(layer.Inputs[1])!.Shape.Size;

        private static IEnumerable<Tensor> Outputs(Graph graph, IEnumerable<Sample> samples)
        {
            Emitted emitted = Emitted.From(graph, PlanNames.None);
            using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
            foreach (Sample sample in samples)
                yield return runner.Run(sample.Inputs)[0];
        }
    }
}
