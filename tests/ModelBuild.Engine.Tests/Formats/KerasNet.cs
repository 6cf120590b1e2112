using System.Text;
using PureHDF;

namespace ModelBuild.Engine.Tests;

/// <summary>A weight of a layer: its name in older files (<c>kernel</c>, <c>query/kernel</c>), and its place in newer ones (<c>vars/0</c> for the first, unless said).</summary>
internal sealed record KerasTestWeight(string Name, int[] Shape, float[] Values, string Place = "");

/// <summary>A layer: its class, name and config (JSON without braces), and how it is called in a functional model (JSON).</summary>
internal sealed record KerasTestLayer(string Class, string Name, string Config, KerasTestWeight[] Weights, string Calls = "[]")
{
    public string Json => $$"""{"class_name": "{{Class}}", "name": "{{Name}}", "config": {"name": "{{Name}}"{{(Config.Length > 0 ? ", " : "")}}{{Config}}}, "inbound_nodes": {{Calls}}}""";
}

/// <summary>Writes Keras's files, older and newer ones, with PureHDF, and runs what is imported of them.</summary>
internal sealed class KerasNet : IDisposable
{
    private readonly Scratch _scratch = new();

    public string Version { get; init; } = "2.4.0";

    public void Dispose() => _scratch.Dispose();

    public static KerasTestLayer Input(int[] shape, string name = "x", string dtype = "float32") =>
        new("InputLayer", name, $"\"batch_input_shape\": [null, {string.Join(", ", shape)}], \"dtype\": \"{dtype}\"", []);

    public static string Sequential(params KerasTestLayer[] layers) =>
        $$$"""{"class_name": "Sequential", "config": {"name": "net", "layers": [{{{string.Join(", ", layers.Select(l => l.Json))}}}]}}""";

    public static string Functional(string inputs, string outputs, params KerasTestLayer[] layers) =>
        $$$"""{"class_name": "Functional", "config": {"name": "net", "layers": [{{{string.Join(", ", layers.Select(l => l.Json))}}}], "input_layers": {{{inputs}}}, "output_layers": {{{outputs}}}}}""";

    /// <summary>A .h5 file: a group a layer, weights by name.</summary>
    public string H5(string config, params KerasTestLayer[] layers)
    {
        string path = Path.Combine(_scratch.Folder, "net.h5");
        var weights = new H5Group();
        foreach (KerasTestLayer layer in layers)
        {
            var group = new H5Group { Attributes = { ["weight_names"] = Names(layer) } };
            foreach (KerasTestWeight weight in layer.Weights)
                Put(group, $"{layer.Name}/{weight.Name}:0", weight);
            weights[layer.Name] = group;
        }
        var file = new H5File { ["model_weights"] = weights };
        file.Attributes["model_config"] = config;
        file.Attributes["keras_version"] = Version;
        file.Write(path);
        return path;

        static object Names(KerasTestLayer layer) => layer.Weights.Length == 0 ? new float[] { 0 } is var none ? new H5Attribute(none[..0], dimensions: [0]) : none : layer.Weights.Select(w => $"{layer.Name}/{w.Name}:0").ToArray();
    }

    /// <summary>A .keras file: a zip of the config and of weights by class and number.</summary>
    public string Zip(string config, params KerasTestLayer[] layers) => Zip(config, Version, Nested(layers));

    public string Zip(string config, string version, byte[] weights) => _scratch.Zip("net.keras",
        ("metadata.json", Encoding.UTF8.GetBytes($"{{\"keras_version\": \"{version}\"}}")), ("config.json", Encoding.UTF8.GetBytes(config)), ("model.weights.h5", weights));

    public string Write(string name, byte[] bytes) => _scratch.Write(name, bytes);

    public static byte[] Nested(params KerasTestLayer[] layers)
    {
        var counts = new Dictionary<string, int>();
        var file = new H5File { ["layers"] = new H5Group() };
        foreach (KerasTestLayer layer in layers)
        {
            string snake = KerasNestedWeights.Snake(layer.Class);
            int number = counts.GetValueOrDefault(snake);
            counts[snake] = number + 1;
            for (int i = 0; i < layer.Weights.Length; i++)
                Put(file, $"layers/{snake}{(number == 0 ? "" : $"_{number}")}/{(layer.Weights[i].Place.Length > 0 ? layer.Weights[i].Place : $"vars/{i}")}", layer.Weights[i]);
        }
        var bytes = new MemoryStream();
        file.Write(bytes);
        return bytes.ToArray();
    }

    private static void Put(H5Group group, string path, KerasTestWeight weight)
    {
        string[] parts = path.Split('/');
        foreach (string part in parts[..^1])
        {
            if (!group.TryGetValue(part, out object? child))
                group[part] = child = new H5Group();
            group = (H5Group)child;
        }
        group[parts[^1]] = weight.Shape.Length == 0 ? new H5Dataset(weight.Values[0]) : new H5Dataset(weight.Values, fileDims: [.. weight.Shape.Select(s => (ulong)s)]);
    }

    public static Graph Import(string file, params (string Name, int Length)[] dimensions) =>
        ModelFormat.Import(file, ImportOptions.None with { Dimensions = dimensions.ToDictionary(d => d.Name, d => d.Length) }).Graph;

    public static Diagnostic Fault(string file) => Assert.Throws<DiagnosticException>(() => Import(file)).Diagnostic;

    /// <summary>
    /// What kernels compute of a model, simplified; the graph's plain meaning must agree, and so must ONNX Runtime on our export, on two samples at once where the
    /// model takes any number.
    /// </summary>
    public static Tensor[] Run(Graph graph, params Tensor[] inputs)
    {
        Tensor[] expected = Reference.Run(graph, inputs, CancellationToken.None);
        Emitted emitted = Emitted.From(Simplify.Run(graph), PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        Tensor[] actual = runner.Run(inputs);
        for (int i = 0; i < expected.Length; i++)
            Assert.IsLessThanOrEqualTo(1e-5, Comparison.Error(actual[i], expected[i]), $"kernels against the graph, output {i}");
        JudgeExport(graph, inputs, expected);
        return actual;
    }

    private static void JudgeExport(Graph graph, Tensor[] inputs, Tensor[] expected)
    {
        using var scratch = new Scratch();
        using OnnxRuntimeModel? judge = OnnxRuntimeModel.TryOpen(scratch.Write("net.onnx", OnnxWriter.Write(graph, "")), out string why);
        if (judge == null)
        {
            // Nothing but the library's absence excuses it.
            StringAssert.Contains(why, "Unable to load");
            return;
        }
        if (graph.Batch)
        {
            Tensor[] others = [.. inputs.Select(x => x.Element == ElementType.Float32 ? Tensor.From(x.Type, [.. x.Doubles().Select(v => Math.Floor(v / 2 * 64) / 64)]) : x)];
            expected = [.. expected.Zip(Reference.Run(graph, others, CancellationToken.None), Both)];
            inputs = [.. inputs.Zip(others, Both)];
        }
        Tensor[] all = judge.Run([.. graph.Inputs.Zip(inputs)]);
        for (int i = 0; i < expected.Length; i++)
            Assert.IsLessThanOrEqualTo(1e-5, Comparison.Error(all[judge.Outputs.ToList().IndexOf(graph.Outputs[i])], expected[i]), $"ONNX Runtime against the graph, output {i}");

        static Tensor Both(Tensor a, Tensor b) => new(a.Type with { Shape = a.Shape.With(0, 2) }, new ReadOnlyMemory<byte>([.. a.Bytes.Span, .. b.Bytes.Span]));
    }

    /// <summary>One layer on x, from an older and from a newer file, which must give the same.</summary>
    public Tensor RunLayer(KerasTestLayer layer, Tensor x, string dtype = "float32")
    {
        KerasTestLayer[] layers = [Input([.. x.Shape.Skip(1)], dtype: dtype), layer];
        string config = Sequential(layers);
        Tensor old = Run(Import(H5(config, layers)), x)[0], @new = Run(Import(Zip(config, layers)), x)[0];
        Assert.AreEqual(old.Type, @new.Type);
        CollectionAssert.AreEqual(old.Doubles(), @new.Doubles(), "the .keras file gives something else than the .h5 file");
        return old;
    }

    public Tensor RunLayer(string @class, string config, Tensor x, params KerasTestWeight[] weights) => RunLayer(new KerasTestLayer(@class, "layer", config, weights), x);

    /// <summary>Asserts the shape, and numbers within 1e-5 of the largest.</summary>
    public static void AreClose(int[] shape, double[] expected, Tensor actual)
    {
        CollectionAssert.AreEqual(shape, actual.Shape.ToArray());
        double[] values = actual.Doubles();
        double limit = 1e-5 * Math.Max(1e-3, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], values[i], limit, $"element {i}");
    }

    /// <summary>Numbers that tell every place apart.</summary>
    public static float[] Numbers(int seed, params int[] shape)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle() * 2 - 1)];
    }

    public static Tensor Random(int seed, params int[] shape) => Tensor.Of<float>(Shape.Of(shape), Numbers(seed, shape));

    public static KerasTestWeight Weight(string name, int seed, params int[] shape) => new(name, shape, Numbers(seed, shape));
}
