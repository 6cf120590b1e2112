namespace ModelBuild.Engine.Tests;

/// <summary>How layers make a model: both notations of functional ones, models inside models, layers called more than once, and what is refused.</summary>
[TestClass]
public class KerasModelTests
{
    private static KerasTestLayer Dense(string name, int seed, int from, int to, string calls = "[]") =>
        new("Dense", name, $"\"units\": {to}, \"use_bias\": false", [KerasNet.Weight("kernel", seed, from, to)], calls);

    private static double[] Times(double[] x, KerasTestLayer dense) =>
        [.. Enumerable.Range(0, dense.Weights[0].Shape[1]).Select(u => Enumerable.Range(0, x.Length).Sum(k => x[k] * dense.Weights[0].Values[k * dense.Weights[0].Shape[1] + u]))];

    /// <summary>A call in Keras 3's notation, on outputs of layers.</summary>
    private static string Call(params (string Layer, int Call)[] inputs)
    {
        string[] tensors = [.. inputs.Select(i => $$$"""{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["{{{i.Layer}}}", {{{i.Call}}}, 0]}}""")];
        return $$$"""{"args": [{{{(tensors.Length == 1 ? tensors[0] : $"[{string.Join(", ", tensors)}]")}}}], "kwargs": {}}""";
    }

    [TestMethod]
    public void LayersThatAreCalledTwice_ShareTheirWeights()
    {
        using var net = new KerasNet();
        Tensor a = KerasNet.Random(1, 1, 4), b = KerasNet.Random(2, 1, 4);
        KerasTestLayer shared = Dense("shared", 3, 4, 4), last = Dense("last", 4, 8, 2);
        double[] expected = Times([.. Times(a.Doubles(), shared), .. Times(Times(b.Doubles(), shared), shared)], last);
        KerasTestLayer[] old =
        [
            KerasNet.Input([4], "a"), KerasNet.Input([4], "b"), last with { Calls = "[[[\"join\", 0, 0, {}]]]" },
            new("Concatenate", "join", "\"axis\": -1", [], "[[[\"shared\", 0, 0, {}], [\"shared\", 2, 0, {}]]]"),
            shared with { Calls = "[[[\"a\", 0, 0, {}]], [[\"b\", 0, 0, {}]], [[\"shared\", 1, 0, {}]]]" },
        ];
        KerasTestLayer[] @new =
        [
            old[0], old[1], last with { Calls = $"[{Call(("join", 0))}]" }, old[3] with { Calls = $"[{Call(("shared", 0), ("shared", 2))}]" },
            shared with { Calls = $"[{Call(("a", 0))}, {Call(("b", 0))}, {Call(("shared", 1))}]" },
        ];
        foreach (string file in (string[])[net.H5(KerasNet.Functional("[[\"a\", 0, 0], [\"b\", 0, 0]]", "[[\"last\", 0, 0]]", old), old), net.Zip(KerasNet.Functional("[[\"a\", 0, 0], [\"b\", 0, 0]]", "[\"last\", 0, 0]", @new), @new)])
        {
            Graph graph = KerasNet.Import(file);
            CollectionAssert.AreEqual(new[] { "a", "b" }, graph.Inputs.ToArray());
            CollectionAssert.AreEqual(new[] { "last" }, graph.Outputs.ToArray());
            Assert.AreEqual(2, graph.Constants.Count);
            Assert.IsTrue(graph.Batch);
            KerasNet.AreClose([1, 2], expected, KerasNet.Run(graph, a, b)[0]);
        }
    }

    [TestMethod]
    [DataRow("[[\"first\", 0, 0], [\"second\", 0, 0], [\"first\", 0, 0], [\"x\", 0, 0]]")]
    [DataRow("{\"b\": [\"second\", 0, 0], \"a\": [\"first\", 0, 0], \"c\": [\"first\", 0, 0], \"d\": [\"x\", 0, 0]}")]
    public void Outputs_AreCalledLikeTheirLayers(string outputs)
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 4);
        KerasTestLayer first = Dense("first", 3, 4, 3, "[[[\"x\", 0, 0, {}]]]"), second = Dense("second", 4, 4, 2, "[[[\"x\", 0, 0, {}]]]");
        KerasTestLayer[] layers = [KerasNet.Input([4]), first, second];
        Graph graph = KerasNet.Import(net.H5(KerasNet.Functional("[[\"x\", 0, 0]]", outputs, layers), layers));
        Tensor[] y = KerasNet.Run(graph, x);
        // Two outputs of one layer, and an output that is an input, get names of their own.
        string[] expected = outputs[0] == '[' ? ["first", "second"] : ["first", "second"];
        CollectionAssert.AreEqual(expected, graph.Outputs.Take(2).ToArray());
        Assert.AreEqual(4, graph.Outputs.Append("x").Distinct().Count() - 1);
        KerasNet.AreClose([1, 3], Times(x.Doubles(), first), y[0]);
        KerasNet.AreClose([1, 2], Times(x.Doubles(), second), y[1]);
        KerasNet.AreClose([1, 3], Times(x.Doubles(), first), y[2]);
        KerasNet.AreClose([1, 4], x.Doubles(), y[3]);
    }

    [TestMethod]
    [DataRow("Functional", 1)]
    [DataRow("Model", 1)]
    [DataRow("Functional", 0)]
    [DataRow("Sequential", 0)]
    [DataRow("Sequential", 1)]
    public void AModelInsideAModel_IsCalledLikeALayer(string @class, int shift)
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 4);
        KerasTestLayer inner = Dense("deep", 3, 4, 4), outer = Dense("deep2", 4, 4, 2);
        double[] expected = Times(Times(Times(x.Doubles(), inner), inner), outer);
        string Inside(string calls) => @class == "Sequential"
            ? $$$"""{"class_name": "Sequential", "name": "block", "config": {"name": "block", "layers": [{{{KerasNet.Input([4], "own").Json}}}, {{{inner.Json}}}]}, "inbound_nodes": {{{calls}}}}"""
            : $$$"""{"class_name": "{{{@class}}}", "name": "block", "config": {"name": "block", "layers": [{{{KerasNet.Input([4], "own").Json}}}, {{{(inner with { Calls = "[[[\"own\", 0, 0, {}]]]" }).Json}}}], "input_layers": [["own", 0, 0]], "output_layers": [["deep", 0, 0]]}, "inbound_nodes": {{{calls}}}}""";
        string block = Inside($"[[[\"x\", 0, 0, {{}}]], [[\"block\", {shift}, 0, {{}}]]]");
        string config = $$$"""
            {"class_name": "Functional", "config": {"name": "net", "layers": [{{{KerasNet.Input([4]).Json}}}, {{{block}}}, {{{(outer with { Calls = $"[[[\"block\", {shift + 1}, 0, {{}}]]]" }).Json}}}],
             "input_layers": [["x", 0, 0]], "output_layers": [["deep2", 0, 0]]}}
            """;
        // Weights of a model inside are in one group, and in newer files in groups of groups.
        string old = net.H5(config, new KerasTestLayer("Model", "block", "", [inner.Weights[0] with { Name = "deep/kernel" }]), outer);
        Graph graph = KerasNet.Import(old);
        KerasNet.AreClose([1, 2], expected, KerasNet.Run(graph, x)[0]);
        Assert.Contains("block/deep", graph.Nodes.Select(n => n.Name).ToArray());
        string @new = net.Zip(config, new KerasTestLayer(@class, "block", "", [inner.Weights[0] with { Place = "layers/dense/vars/0" }]), outer);
        KerasNet.AreClose([1, 2], expected, KerasNet.Run(KerasNet.Import(@new), x)[0]);
    }

    [TestMethod]
    public void ASequentialModel_NeedsNoInputLayer()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 4);
        KerasTestLayer first = Dense("first", 3, 4, 3), second = Dense("second", 4, 3, 2);
        double[] expected = Times(Times(x.Doubles(), first), second);
        // Keras 2's first layer knows the shape; Keras 3's model does; Keras 2.1's config is only a list.
        KerasTestLayer shaped = first with { Config = first.Config + ", \"batch_input_shape\": [null, 4], \"dtype\": \"float32\"" };
        string list = $$"""{"class_name": "Sequential", "config": [{{shaped.Json}}, {{second.Json}}]}""";
        string built = $$$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{{{first.Json}}}, {{{second.Json}}}], "build_input_shape": [null, 4]}}""";
        foreach (string config in (string[])[KerasNet.Sequential(shaped, second), list, built])
        {
            Graph graph = KerasNet.Import(net.H5(config, first, second));
            Assert.AreEqual(("first_input", "second"), (graph.Inputs.Single(), graph.Outputs.Single()));
            KerasNet.AreClose([1, 2], expected, KerasNet.Run(graph, x)[0]);
        }
        StringAssert.Contains(KerasNet.Fault(net.H5(KerasNet.Sequential(first, second), first, second)).Text, "input 'first_input': it has no shape");
    }

    [TestMethod]
    public void Names_BesideTheWeights_CountMoreThanTheirOrder()
    {
        using var net = new KerasNet { Version = "3.15.0" };
        Tensor x = KerasNet.Random(1, 1, 4);
        KerasTestLayer first = Dense("first", 3, 4, 4), second = Dense("second", 4, 4, 4);
        PureHDF.H5Group Vars(KerasTestLayer layer) => new() { ["vars"] = new PureHDF.H5Group { Attributes = { ["name"] = layer.Name }, ["0"] = new PureHDF.H5Dataset(layer.Weights[0].Values, fileDims: [4, 4]) } };
        var bytes = new MemoryStream();
        new PureHDF.H5File { ["layers"] = new PureHDF.H5Group { ["dense"] = Vars(second), ["dense_1"] = Vars(first) } }.Write(bytes);
        string file = net.Zip(KerasNet.Sequential(KerasNet.Input([4]), first, second), net.Version, bytes.ToArray());
        KerasNet.AreClose([1, 4], Times(Times(x.Doubles(), first), second), KerasNet.Run(KerasNet.Import(file), x)[0]);
    }

    [TestMethod]
    public void QuantizedWeights_AreALocatedError()
    {
        using var net = new KerasNet { Version = "3.15.0" };
        var bytes = new MemoryStream();
        new PureHDF.H5File { ["layers"] = new PureHDF.H5Group { ["dense"] = new PureHDF.H5Group { ["vars"] = new PureHDF.H5Group { ["0"] = new PureHDF.H5Dataset(new sbyte[12], fileDims: [4, 3]) } } } }.Write(bytes);
        Diagnostic fault = KerasNet.Fault(net.Zip(KerasNet.Sequential(KerasNet.Input([4]), Dense("d", 1, 4, 3)), net.Version, bytes.ToArray()));
        Assert.AreEqual("MB2006", fault.Id);
        StringAssert.Contains(fault.Text, "its weight kernel is integers");
    }

    [TestMethod]
    public void Keras1_HasOtherWords()
    {
        using var net = new KerasNet { Version = "1.2.2" };
        Tensor x = KerasNet.Random(1, 1, 6, 5, 2);
        float[] kernel = KerasNet.Numbers(2, 3, 2, 2, 3), bias = KerasNet.Numbers(3, 3), gamma = KerasNet.Numbers(4, 3), beta = KerasNet.Numbers(5, 3), mean = KerasNet.Numbers(6, 3), variance = [1.5f, 0.25f, 2];
        float[] dense = KerasNet.Numbers(7, 3, 4), constant = KerasNet.Numbers(8, 4);
        KerasMath.Image conv = KerasMath.Conv(KerasMath.Image.Of(x), kernel, 3, 2, 3, bias, (2, 2), (1, 1), "same");
        KerasMath.Image twice = conv with { Values = [.. conv.Values.Select((v, i) => 2 * ((v - mean[i % 3]) / Math.Sqrt(variance[i % 3] + 1e-5) * gamma[i % 3] + beta[i % 3]))] };
        double[] pooled = KerasMath.Pool(twice, (3, 3), (3, 3), "valid", average: false).Values;
        double[] expected = [.. Enumerable.Range(0, 4).Select(u => constant[u] + Enumerable.Range(0, 3).Sum(k => pooled[k] * dense[k * 4 + u]))];
        KerasTestLayer[] layers =
        [
            KerasNet.Input([6, 5, 2]),
            new("Convolution2D", "convolution2d_1", "\"nb_filter\": 3, \"nb_row\": 3, \"nb_col\": 2, \"subsample\": [2, 2], \"border_mode\": \"same\", \"dim_ordering\": \"tf\", \"bias\": true, \"activation\": \"linear\"",
                [new("convolution2d_1_W", [3, 2, 2, 3], kernel), new("convolution2d_1_b", [3], bias)], "[[[\"x\", 0, 0]]]"),
            new("BatchNormalization", "norm", "\"mode\": 0, \"axis\": -1, \"epsilon\": 1e-05", [new("norm_gamma", [3], gamma), new("norm_beta", [3], beta), new("norm_running_mean", [3], mean), new("norm_running_std", [3], variance)], "[[[\"convolution2d_1\", 0, 0]]]"),
            new("Merge", "merge", "\"mode\": \"sum\", \"concat_axis\": -1", [], "[[[\"norm\", 0, 0], [\"norm\", 0, 0]]]"),
            new("MaxPooling2D", "pool", "\"pool_size\": [3, 3], \"strides\": [3, 3], \"border_mode\": \"valid\", \"dim_ordering\": \"tf\"", [], "[[[\"merge\", 0, 0]]]"),
            new("Flatten", "flat", "", [], "[[[\"pool\", 0, 0]]]"),
            new("Dense", "dense", "\"output_dim\": 4, \"bias\": true", [new("dense_W", [3, 4], dense), new("dense_b", [4], constant)], "[[[\"flat\", 0, 0]]]"),
        ];
        string config = KerasNet.Functional("[[\"x\", 0, 0]]", "[[\"dense\", 0, 0]]", layers).Replace("\"Functional\"", "\"Model\"", StringComparison.Ordinal);
        KerasNet.AreClose([1, 4], expected, KerasNet.Run(KerasNet.Import(net.H5(config, layers)), x)[0]);
    }

    [TestMethod]
    public void Weights_ComeInOrder_WhereThereAreManyOfAClass()
    {
        using var net = new KerasNet { Version = "3.3.3" };
        KerasTestLayer[] layers = [KerasNet.Input([4]), .. Enumerable.Range(0, 12).SelectMany(i => new[] { Dense($"d{i}", i + 3, 4, 4), new KerasTestLayer("Dropout", $"drop{i}", "\"rate\": 0.1", []) })];
        Tensor x = KerasNet.Random(1, 1, 4);
        double[] expected = layers.Where(l => l.Class == "Dense").Aggregate(x.Doubles(), Times);
        KerasNet.AreClose([1, 4], expected, KerasNet.Run(KerasNet.Import(net.Zip(KerasNet.Sequential(layers), layers)), x)[0]);
        KerasNet.AreClose([1, 4], expected, KerasNet.Run(KerasNet.Import(net.H5(KerasNet.Sequential(layers), layers)), x)[0]);
    }

    [TestMethod]
    public void OtherAxes_AreGivenALength()
    {
        using var net = new KerasNet();
        KerasTestLayer[] layers = [new("InputLayer", "x", "\"batch_shape\": [null, null, 4], \"dtype\": \"float32\"", []), Dense("d", 1, 4, 2)];
        string file = net.H5(KerasNet.Sequential(layers), layers);
        Diagnostic fault = KerasNet.Fault(file);
        Assert.AreEqual("MB2008", fault.Id);
        StringAssert.Contains(fault.Text, "Dimensions=\"dim1=LENGTH\"");
        Assert.AreEqual(new TensorType(ElementType.Float32, [1, 9, 4]), KerasNet.Import(file, ("dim1", 9)).Types["x"]);
        Graph graph = KerasNet.Import(file, ("x.1", 7));
        Assert.AreEqual(new TensorType(ElementType.Float32, [1, 7, 4]), graph.Types["x"]);
        Assert.IsTrue(graph.Batch);
        layers[0] = layers[0] with { Config = "\"batch_shape\": [2, 4], \"dtype\": \"float32\"" };
        graph = KerasNet.Import(net.H5(KerasNet.Sequential(layers), layers));
        Assert.AreEqual(new TensorType(ElementType.Float32, [2, 4]), graph.Types["x"]);
        Assert.IsFalse(graph.Batch);
    }

    [TestMethod]
    public void Policies_SayWhatInputsAre()
    {
        using var net = new KerasNet { Version = "3.3.3" };
        KerasTestLayer[] layers = [new("InputLayer", "x", "\"batch_shape\": [null, 4], \"dtype\": {\"module\": \"keras\", \"class_name\": \"DTypePolicy\", \"config\": {\"name\": \"mixed_float16\"}, \"registered_name\": null}", []), Dense("d", 1, 4, 2)];
        Assert.AreEqual(ElementType.Float32, KerasNet.Import(net.Zip(KerasNet.Sequential(layers), layers)).Types["x"].Element);
    }

    [TestMethod]
    public void Merging_FollowsShapesAndOrders()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 3, 4, 2);
        float[] kernel = KerasNet.Numbers(2, 1, 1, 2, 2);
        KerasMath.Image image = KerasMath.Image.Of(x), conv = KerasMath.Conv(image, kernel, 1, 1, 2, null, (1, 1), (1, 1), "valid");
        double[] pooled = [.. Enumerable.Range(0, 2).Select(c => image.ChannelsFirst().Skip(12 * c).Take(12).Average())];
        // One input lies as the graph has it, the other as Keras has it, the third is a vector.
        KerasTestLayer[] All(string @class, string inputs, string config = "") =>
        [
            KerasNet.Input([3, 4, 2]), new("Conv2D", "conv", "\"filters\": 2, \"kernel_size\": 1, \"use_bias\": false", [new("kernel", [1, 1, 2, 2], kernel)], "[[[\"x\", 0, 0, {}]]]"),
            new("GlobalAveragePooling2D", "pool", "", [], "[[[\"x\", 0, 0, {}]]]"), new(@class, "y", config, [], $"[[{inputs}]]"),
        ];
        void Gives(string @class, string inputs, Func<int, int, int, double> value, string config = "", int height = 3, int width = 4, int channels = 2)
        {
            KerasTestLayer[] layers = All(@class, inputs, config);
            Tensor y = KerasNet.Run(KerasNet.Import(net.H5(KerasNet.Functional("[[\"x\", 0, 0]]", "[[\"y\", 0, 0]]", layers), layers)), x)[0];
            KerasNet.AreClose([1, height, width, channels], KerasMath.Image.Of(height, width, channels, value).Values, y);
        }
        const string two = "[\"conv\", 0, 0, {}], [\"x\", 0, 0, {}]", vector = "[\"conv\", 0, 0, {}], [\"pool\", 0, 0, {}]", three = two + ", [\"conv\", 0, 0, {}]";
        Gives("Add", three, (h, w, c) => 2 * conv[h, w, c] + image[h, w, c]);
        Gives("Add", "[\"conv\", 0, 0, {}]", (h, w, c) => conv[h, w, c]);
        Gives("Subtract", two, (h, w, c) => conv[h, w, c] - image[h, w, c]);
        Gives("Multiply", vector, (h, w, c) => conv[h, w, c] * pooled[c]);
        Gives("Average", three, (h, w, c) => (2 * conv[h, w, c] + image[h, w, c]) / 3);
        Gives("Maximum", two, (h, w, c) => Math.Max(conv[h, w, c], image[h, w, c]));
        Gives("Minimum", two, (h, w, c) => Math.Min(conv[h, w, c], image[h, w, c]));
        Gives("Concatenate", two, (h, w, c) => c < 2 ? conv[h, w, c] : image[h, w, c - 2], "\"axis\": -1", channels: 4);
        Gives("Concatenate", two, (h, w, c) => h < 3 ? conv[h, w, c] : image[h - 3, w, c], "\"axis\": 1", height: 6);
        Gives("Concatenate", two, (h, w, c) => w < 4 ? conv[h, w, c] : image[h, w - 4, c], "\"axis\": 2", width: 8);
    }

    [TestMethod]
    [DataRow("Add", "X, 3.0", "")]
    [DataRow("Subtract", "X, 3.0", "")]
    [DataRow("Subtract", "3.0, X", "")]
    [DataRow("Multiply", "X, 0.5", "")]
    [DataRow("TrueDivide", "1.0, X", "")]
    [DataRow("Maximum", "X, X", "")]
    [DataRow("Square", "X", "")]
    [DataRow("Relu6", "X", "")]
    [DataRow("Mean", "X", "\"axis\": [1, 2], \"keepdims\": true")]
    [DataRow("Max", "X", "\"axis\": -1, \"keepdims\": false")]
    public void Operations_StandBetweenLayers(string @class, string arguments, string config)
    {
        using var net = new KerasNet { Version = "3.3.3" };
        Tensor x = KerasNet.Random(1, 1, 3, 4, 2);
        float[] kernel = KerasNet.Numbers(2, 1, 1, 2, 2);
        double[] conv = KerasMath.Conv(KerasMath.Image.Of(x), kernel, 1, 1, 2, null, (1, 1), (1, 1), "valid").Values;
        double[] expected = (@class, arguments[0]) switch
        {
            ("Add", _) => [.. conv.Select(v => v + 3)], ("Subtract", 'X') => [.. conv.Select(v => v - 3)], ("Subtract", _) => [.. conv.Select(v => 3 - v)], ("Multiply", _) => [.. conv.Select(v => v / 2)],
            ("TrueDivide", _) => [.. conv.Select(v => 1 / v)], ("Maximum", _) => conv, ("Square", _) => [.. conv.Select(v => v * v)], ("Relu6", _) => [.. conv.Select(v => Math.Clamp(v, 0, 6))],
            ("Mean", _) => [.. Enumerable.Range(0, 2).Select(c => conv.Where((_, i) => i % 2 == c).Average())], _ => [.. conv.Chunk(2).Select(p => p.Max())],
        };
        string call = Call(("conv", 0)), tensor = call[(call.IndexOf('[') + 1)..call.LastIndexOf(']')];
        KerasTestLayer[] layers =
        [
            KerasNet.Input([3, 4, 2]), new("Conv2D", "conv", "\"filters\": 2, \"kernel_size\": 1, \"use_bias\": false", [new("kernel", [1, 1, 2, 2], kernel)], $"[{Call(("x", 0))}]"),
            new(@class, "y", config, [], $$$"""[{"args": [{{{arguments.Replace("X", tensor, StringComparison.Ordinal)}}}], "kwargs": {}}]"""),
        ];
        string model = KerasNet.Functional("[\"x\", 0, 0]", "[\"y\", 0, 0]", layers).Replace($"{{\"class_name\": \"{@class}\"", $"{{\"module\": \"keras.src.ops.numpy\", \"class_name\": \"{@class}\"", StringComparison.Ordinal);
        Tensor y = KerasNet.Run(KerasNet.Import(net.Zip(model, layers)), x)[0];
        KerasNet.AreClose(@class == "Mean" ? [1, 1, 1, 2] : @class == "Max" ? [1, 3, 4] : [1, 3, 4, 2], expected, y);
    }

    [TestMethod]
    public void Dot_SumsAlongAxes()
    {
        using var net = new KerasNet();
        Tensor a = KerasNet.Random(1, 1, 3, 4), b = KerasNet.Random(2, 1, 5, 4);
        double[] A = a.Doubles(), B = b.Doubles();
        KerasTestLayer[] layers = [KerasNet.Input([3, 4], "a"), KerasNet.Input([5, 4], "b"), new("Dot", "y", "\"axes\": [2, 2], \"normalize\": false", [], "[[[\"a\", 0, 0, {}], [\"b\", 0, 0, {}]]]")];
        string Config() => KerasNet.Functional("[[\"a\", 0, 0], [\"b\", 0, 0]]", "[[\"y\", 0, 0]]", layers);
        KerasNet.AreClose([1, 3, 5], [.. from i in Enumerable.Range(0, 3) from j in Enumerable.Range(0, 5) select Enumerable.Range(0, 4).Sum(k => A[i * 4 + k] * B[j * 4 + k])], KerasNet.Run(KerasNet.Import(net.H5(Config(), layers)), a, b)[0]);
        layers = [KerasNet.Input([4], "a"), KerasNet.Input([4], "b"), layers[2] with { Config = "\"axes\": -1, \"normalize\": true" }];
        (a, b) = (KerasNet.Random(3, 1, 4), KerasNet.Random(4, 1, 4));
        (A, B) = (a.Doubles(), b.Doubles());
        KerasNet.AreClose([1, 1], [A.Zip(B, (p, q) => p * q).Sum() / Math.Sqrt(A.Sum(v => v * v) * B.Sum(v => v * v))], KerasNet.Run(KerasNet.Import(net.H5(Config(), layers)), a, b)[0]);
    }

    [TestMethod]
    public void AFileOfH5py_IsRead()
    {
        Graph graph = KerasNet.Import(Path.Combine(Fixtures.Repository, "tests", "Cases", "Hdf5", "h5py.h5"));
        // y = 2·(x·W + b), W counting up by eighths from −0.5, b = ½, −¼, 1.
        KerasNet.AreClose([1, 3], [2 * (-0.375 + 0.5), 2 * (0 - 0.25), 2 * (0.375 + 1)], KerasNet.Run(graph, Tensor.Of<float>([1, 4], [1, 1, 1, 0]))[0]);
    }

    [TestMethod]
    [DataRow("Lambda", "\"function\": [\"4wEAAAA=\", null, null], \"function_type\": \"lambda\"", "MB2014", "it holds Python code, which is not run")]
    [DataRow("TFOpLambda", "\"function\": \"math.add\"", "MB2014", "it holds Python code, which is not run")]
    [DataRow("MyLayer", "", "MB2014", "MyLayer is not supported")]
    [DataRow("Dens", "\"units\": 3", "MB2014", "Dense")]
    [DataRow("Conv3D", "\"filters\": 3", "MB2014", "Conv3D is not supported")]
    [DataRow("Masking", "\"mask_value\": 0.0", "MB2014", "different lengths")]
    [DataRow("Dense", "\"units\": 3, \"use_bias\": false, \"activation\": \"my_function\"", "MB2006", "the activation 'my_function' is not supported; valid: softmax")]
    [DataRow("Dense", "\"units\": 3, \"use_bias\": false, \"activation\": {\"class_name\": \"__lambda__\", \"config\": {\"value\": [\"4wEAAAA=\"]}}", "MB2014", "__lambda__ is not supported")]
    [DataRow("Dense", "\"units\": 5, \"use_bias\": false", "MB2006", "its weight kernel is [4, 3] in the file, and the config asks for [4, 5]")]
    [DataRow("Dense", "\"units\": 3", "MB2006", "the file has no weight bias for it")]
    [DataRow("Dense", "\"units\": \"three\"", "MB2006", "units is \"three\" in the config; valid: a whole number")]
    [DataRow("Reshape", "\"target_shape\": [3]", "MB2006", "can't be reshaped to [3] a sample")]
    [DataRow("Reshape", "\"target_shape\": [2147483647, 2147483647]", "MB2006", "can't be reshaped")]
    [DataRow("RepeatVector", "\"n\": 2147483647", "MB2006", "")]
    [DataRow("RepeatVector", "\"n\": 100000000", "MB2006", "more than 67108864 elements are not supported")]
    [DataRow("RepeatVector", "\"n\": 1e300", "MB2006", "n is 1e300 in the config; valid: a whole number")]
    [DataRow("Softmax", "\"axis\": 7", "MB2006", "axis 7 is outside a shape of 2 axes")]
    public void WhatCantBe_IsALocatedError(string @class, string config, string id, string text)
    {
        using var net = new KerasNet();
        KerasTestLayer[] layers = [KerasNet.Input([4]), new(@class, "layer", config, [KerasNet.Weight("kernel", 1, 4, 3)])];
        foreach (string file in (string[])[net.H5(KerasNet.Sequential(layers), layers), net.Zip(KerasNet.Sequential(layers), layers)])
        {
            Diagnostic fault = KerasNet.Fault(file);
            Assert.AreEqual((id, file), (fault.Id, fault.File), fault.Text);
            StringAssert.Contains(fault.Text, "'layer");
            StringAssert.Contains(fault.Text, text);
        }
    }

    [TestMethod]
    public void AClassOfSomebodysOwn_IsRefused_WhateverItIsCalled()
    {
        using var net = new KerasNet();
        string config = KerasNet.Sequential(KerasNet.Input([4]), Dense("d", 1, 4, 3)).Replace("\"class_name\": \"Dense\"", "\"module\": \"my_module\", \"registered_name\": \"My>Dense\", \"class_name\": \"Dense\"", StringComparison.Ordinal);
        Assert.AreEqual("MB2014", KerasNet.Fault(net.H5(config, Dense("d", 1, 4, 3))).Id);
        StringAssert.Contains(KerasNet.Fault(net.H5(config.Replace("my_module", "keras.src.ops.numpy", StringComparison.Ordinal), Dense("d", 1, 4, 3))).Text, "ops.Dense is not supported");
        Assert.AreEqual("MB2014", KerasNet.Fault(net.H5("{\"class_name\": \"MyModel\", \"config\": {}}")).Id);
        Assert.HasCount(1, KerasNet.Import(net.H5(config.Replace("my_module", "keras.layers", StringComparison.Ordinal), Dense("d", 1, 4, 3))).Outputs);
    }

    [TestMethod]
    [DataRow("[[[\"y\", 0, 0, {}]]]", "MB2011")]
    [DataRow("[[[\"nobody\", 0, 0, {}]]]", "MB2011")]
    [DataRow("[[[\"x\", 1, 0, {}]]]", "MB2011")]
    [DataRow("[[[\"x\", 0, 3, {}]]]", "MB2006")]
    [DataRow("[[[\"x\", 0, -1, {}]]]", "MB2006")]
    [DataRow("[7]", "MB2006")]
    [DataRow("[[]]", "MB2006")]
    public void CallsThatLeadNowhere_AreALocatedError(string calls, string id)
    {
        using var net = new KerasNet();
        KerasTestLayer[] layers = [KerasNet.Input([4]), Dense("y", 1, 4, 3, calls)];
        Diagnostic fault = KerasNet.Fault(net.H5(KerasNet.Functional("[[\"x\", 0, 0]]", "[[\"y\", 0, 0]]", layers), layers));
        Assert.AreEqual(id, fault.Id, fault.Text);
    }

    [TestMethod]
    public void Inspect_NamesAllThatIsNotSupported()
    {
        using var net = new KerasNet();
        KerasTestLayer[] layers = [KerasNet.Input([4]), Dense("d", 1, 4, 3), new("Lambda", "code", "", []), new("Dropout", "drop", "", []), new("Strange", "odd", "", [])];
        Inspection inspection = Inspection.Of(net.H5(KerasNet.Sequential(layers), layers), "");
        CollectionAssert.AreEqual(new[] { "code Lambda", "odd Strange" }, inspection.Unsupported.Select(f => $"{f.Node} {f.Operator}").ToArray());
        Assert.IsNull(inspection.Macs);
        inspection = Inspection.Of(net.H5(KerasNet.Sequential(layers[..2]), layers[..2]), "");
        Assert.IsEmpty(inspection.Unsupported);
        Assert.AreEqual((12, 12L), ((int)inspection.Macs!, inspection.Parameters));
        CollectionAssert.AreEqual(new object[] { "batch", 4L }, inspection.Inputs.Single().Shape.ToArray());
    }

    [TestMethod]
    public void Layers_AreSelectedByTheirNames()
    {
        using var net = new KerasNet();
        KerasTestLayer[] layers = [KerasNet.Input([4]), Dense("dense_a", 1, 4, 3), Dense("dense_b", 2, 3, 3)];
        CollectionAssert.AreEqual(new[] { "dense_a", "dense_b" }, KerasNet.Import(net.H5(KerasNet.Sequential(layers), layers)).Nodes.Select(n => n.Name).ToArray());
    }
}
