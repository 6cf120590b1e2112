namespace ModelBuild.Engine.Tests;

/// <summary>Layers of Keras, each from a .h5 and a .keras file that the test writes, against what the layer is said to compute.</summary>
[TestClass]
public class KerasLayerTests
{
    private const string First = "\"data_format\": \"channels_first\"";

    [TestMethod]
    [DataRow("same", 1, 1, 1)]
    [DataRow("same", 2, 1, 1)]
    [DataRow("same", 3, 1, 2)]
    [DataRow("same", 1, 2, 1)]
    [DataRow("valid", 2, 1, 2)]
    [DataRow("valid", 1, 2, 1)]
    public void Conv2D(string padding, int stride, int dilation, int groups)
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 8, 7, 4);
        float[] kernel = KerasNet.Numbers(2, 3, 2, 4 / groups, 6), bias = KerasNet.Numbers(3, 6);
        KerasMath.Image expected = KerasMath.Conv(KerasMath.Image.Of(x), kernel, 3, 2, 6, bias, (stride, stride), (dilation, dilation), padding, groups);
        string config = $$"""
            "filters": 6, "kernel_size": [3, 2], "strides": [{{stride}}, {{stride}}], "dilation_rate": {{dilation}}, "padding": "{{padding}}", "groups": {{groups}}, "use_bias": true, "activation": "relu"
            """;
        Tensor y = net.RunLayer("Conv2D", config, x, new("kernel", [3, 2, 4 / groups, 6], kernel), new("bias", [6], bias));
        KerasNet.AreClose([1, expected.Height, expected.Width, 6], [.. expected.Values.Select(v => Math.Max(0, v))], y);
        // The same with channels first: input and output are Keras's own, which then is [c, h, w].
        Tensor first = Tensor.Of<float>([1, 4, 8, 7], [.. KerasMath.Image.Of(x).ChannelsFirst().Select(v => (float)v)]);
        y = net.RunLayer("Conv2D", config + ", " + First, first, new("kernel", [3, 2, 4 / groups, 6], kernel), new("bias", [6], bias));
        KerasNet.AreClose([1, 6, expected.Height, expected.Width], [.. expected.ChannelsFirst().Select(v => Math.Max(0, v))], y);
    }

    [TestMethod]
    [DataRow("causal", 1, 2)]
    [DataRow("causal", 2, 1)]
    [DataRow("same", 2, 1)]
    [DataRow("valid", 1, 3)]
    public void Conv1D(string padding, int stride, int dilation)
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 9, 3);
        float[] kernel = KerasNet.Numbers(2, 3, 3, 5), bias = KerasNet.Numbers(3, 5);
        KerasMath.Image expected = KerasMath.Conv(KerasMath.Image.Of(x), kernel, 1, 3, 5, bias, (1, stride), (1, dilation), padding);
        Tensor y = net.RunLayer("Conv1D", $"\"filters\": 5, \"kernel_size\": [3], \"strides\": [{stride}], \"dilation_rate\": [{dilation}], \"padding\": \"{padding}\"", x,
            new("kernel", [3, 3, 5], kernel), new("bias", [5], bias));
        KerasNet.AreClose([1, expected.Width, 5], expected.Values, y);
    }

    [TestMethod]
    [DataRow("same", 1, 1, 2)]
    [DataRow("same", 2, 1, 1)]
    [DataRow("valid", 1, 2, 3)]
    public void DepthwiseConv2D(string padding, int stride, int dilation, int multiplier)
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 7, 6, 3);
        float[] kernel = KerasNet.Numbers(2, 3, 3, 3, multiplier), bias = KerasNet.Numbers(3, 3 * multiplier);
        KerasMath.Image expected = KerasMath.Depthwise(KerasMath.Image.Of(x), kernel, 3, 3, multiplier, bias, (stride, stride), (dilation, dilation), padding);
        // Keras 3 calls it only a kernel.
        foreach (string name in (string[])["depthwise_kernel", "kernel"])
        {
            Tensor y = net.RunLayer("DepthwiseConv2D", $"\"kernel_size\": 3, \"strides\": {stride}, \"dilation_rate\": {dilation}, \"padding\": \"{padding}\", \"depth_multiplier\": {multiplier}, \"groups\": 1", x,
                new(name, [3, 3, 3, multiplier], kernel), new("bias", [3 * multiplier], bias));
            KerasNet.AreClose([1, expected.Height, expected.Width, 3 * multiplier], expected.Values, y);
        }
    }

    [TestMethod]
    public void SeparableConv_IsADepthwiseAndAPointwiseOne()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 6, 5, 3);
        float[] depth = KerasNet.Numbers(2, 3, 3, 3, 2), point = KerasNet.Numbers(4, 1, 1, 6, 4), bias = KerasNet.Numbers(3, 4);
        KerasMath.Image expected = KerasMath.Conv(KerasMath.Depthwise(KerasMath.Image.Of(x), depth, 3, 3, 2, null, (2, 2), (1, 1), "same"), point, 1, 1, 4, bias, (1, 1), (1, 1), "valid");
        Tensor y = net.RunLayer("SeparableConv2D", "\"filters\": 4, \"kernel_size\": [3, 3], \"strides\": [2, 2], \"padding\": \"same\", \"depth_multiplier\": 2", x,
            new("depthwise_kernel", [3, 3, 3, 2], depth), new("pointwise_kernel", [1, 1, 6, 4], point), new("bias", [4], bias));
        KerasNet.AreClose([1, 3, 3, 4], expected.Values, y);

        x = KerasNet.Random(5, 1, 7, 3);
        (depth, point) = (KerasNet.Numbers(6, 3, 3, 1), KerasNet.Numbers(7, 1, 3, 4));
        expected = KerasMath.Conv(KerasMath.Depthwise(KerasMath.Image.Of(x), depth, 1, 3, 1, null, (1, 1), (1, 2), "causal"), point, 1, 1, 4, bias, (1, 1), (1, 1), "valid");
        y = net.RunLayer("SeparableConv1D", "\"filters\": 4, \"kernel_size\": [3], \"dilation_rate\": [2], \"padding\": \"causal\"", x,
            new("depthwise_kernel", [3, 3, 1], depth), new("pointwise_kernel", [1, 3, 4], point), new("bias", [4], bias));
        KerasNet.AreClose([1, 7, 4], expected.Values, y);
    }

    [TestMethod]
    [DataRow("same", 2, 3, 8, 6)]
    [DataRow("same", 1, 3, 4, 3)]
    [DataRow("same", 3, 2, 12, 9)]
    [DataRow("same", 2, 4, 8, 6)]
    [DataRow("valid", 2, 3, 9, 7)]
    [DataRow("valid", 3, 2, 12, 9)]
    [DataRow("valid", 1, 2, 5, 4)]
    public void Conv2DTranspose(string padding, int stride, int size, int height, int width)
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 4, 3, 2);
        float[] kernel = KerasNet.Numbers(2, size, size, 5, 2), bias = KerasNet.Numbers(3, 5);
        KerasMath.Image expected = KerasMath.ConvTranspose(KerasMath.Image.Of(x), kernel, size, size, 5, bias, (stride, stride), padding, height, width);
        Tensor y = net.RunLayer("Conv2DTranspose", $"\"filters\": 5, \"kernel_size\": {size}, \"strides\": {stride}, \"padding\": \"{padding}\"", x, new("kernel", [size, size, 5, 2], kernel), new("bias", [5], bias));
        KerasNet.AreClose([1, height, width, 5], expected.Values, y);
    }

    [TestMethod]
    [DataRow("same", 1, 8)]
    [DataRow("valid", 1, 10)]
    public void Conv1DTranspose_WithOutputPadding(string padding, int more, int length)
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 4, 2);
        float[] kernel = KerasNet.Numbers(2, 3, 5, 2);
        KerasMath.Image expected = KerasMath.ConvTranspose(KerasMath.Image.Of(x), kernel, 1, 3, 5, null, (1, 2), padding, 1, length);
        Tensor y = net.RunLayer("Conv1DTranspose", $"\"filters\": 5, \"kernel_size\": 3, \"strides\": 2, \"padding\": \"{padding}\", \"output_padding\": {more}, \"use_bias\": false", x, new KerasTestWeight("kernel", [3, 5, 2], kernel));
        KerasNet.AreClose([1, length, 5], expected.Values, y);
    }

    [TestMethod]
    [DataRow("MaxPooling2D", "same", 2, 3)]
    [DataRow("MaxPooling2D", "valid", 2, 2)]
    [DataRow("AveragePooling2D", "same", 3, 2)]
    [DataRow("AveragePooling2D", "valid", 3, 1)]
    public void Pooling(string @class, string padding, int size, int stride)
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 7, 8, 3);
        KerasMath.Image expected = KerasMath.Pool(KerasMath.Image.Of(x), (size, size), (stride, stride), padding, @class[0] == 'A');
        Tensor y = net.RunLayer(@class, $"\"pool_size\": [{size}, {size}], \"strides\": [{stride}, {stride}], \"padding\": \"{padding}\"", x);
        KerasNet.AreClose([1, expected.Height, expected.Width, 3], expected.Values, y);
        Tensor line = KerasNet.Random(2, 1, 9, 3);
        expected = KerasMath.Pool(KerasMath.Image.Of(line), (1, size), (1, stride), padding, @class[0] == 'A');
        KerasNet.AreClose([1, expected.Width, 3], expected.Values, net.RunLayer(@class.Replace("2D", "1D"), $"\"pool_size\": [{size}], \"strides\": [{stride}], \"padding\": \"{padding}\"", line));
    }

    [TestMethod]
    public void GlobalPooling_TakesWholeImages()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 4, 5, 3);
        KerasMath.Image image = KerasMath.Image.Of(x);
        double[][] channels = [.. Enumerable.Range(0, 3).Select(c => image.ChannelsFirst().Skip(c * 20).Take(20).ToArray())];
        KerasNet.AreClose([1, 3], [.. channels.Select(c => c.Average())], net.RunLayer("GlobalAveragePooling2D", "", x));
        KerasNet.AreClose([1, 1, 1, 3], [.. channels.Select(c => c.Max())], net.RunLayer("GlobalMaxPooling2D", "\"keepdims\": true", x));
        KerasNet.AreClose([1, 4], [.. Enumerable.Range(0, 4).Select(h => x.Doubles().Skip(h * 15).Take(15).Average())], net.RunLayer("GlobalAveragePooling2D", First, x));
        Tensor line = KerasNet.Random(2, 1, 6, 2);
        KerasNet.AreClose([1, 2], [.. Enumerable.Range(0, 2).Select(c => line.Doubles().Where((_, i) => i % 2 == c).Max())], net.RunLayer("GlobalMaxPooling1D", "", line));
    }

    [TestMethod]
    public void Dense_MultipliesTheLastAxis()
    {
        using var net = new KerasNet();
        float[] kernel = KerasNet.Numbers(2, 4, 3), bias = KerasNet.Numbers(3, 3);
        foreach (int[] shape in (int[][])[[1, 4], [1, 5, 4], [1, 2, 3, 4]])
        {
            Tensor x = KerasNet.Random(1, shape);
            double[] rows = x.Doubles(), expected = [.. Enumerable.Range(0, rows.Length / 4 * 3).Select(i => Math.Tanh(bias[i % 3] + Enumerable.Range(0, 4).Sum(k => rows[i / 3 * 4 + k] * kernel[k * 3 + i % 3])))];
            KerasNet.AreClose([.. shape[..^1], 3], expected, net.RunLayer("Dense", "\"units\": 3, \"activation\": \"tanh\"", x, new("kernel", [4, 3], kernel), new("bias", [3], bias)));
        }
    }

    [TestMethod]
    public void Dense_SeesAnImageInKerassOrder_BehindFlatten()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 4, 3, 2);
        float[] conv = KerasNet.Numbers(2, 1, 1, 2, 5), dense = KerasNet.Numbers(3, 60, 4);
        KerasMath.Image middle = KerasMath.Conv(KerasMath.Image.Of(x), conv, 1, 1, 5, null, (1, 1), (1, 1), "valid");
        double[] expected = [.. Enumerable.Range(0, 4).Select(u => Enumerable.Range(0, 60).Sum(i => middle.Values[i] * dense[i * 4 + u]))];
        KerasTestLayer[] layers = [KerasNet.Input([4, 3, 2]), new("Conv2D", "conv", "\"filters\": 5, \"kernel_size\": 1, \"use_bias\": false", [new("kernel", [1, 1, 2, 5], conv)]), new("Flatten", "flat", "", []),
            new("Dense", "dense", "\"units\": 4, \"use_bias\": false", [new("kernel", [60, 4], dense)])];
        Graph graph = KerasNet.Import(net.H5(KerasNet.Sequential(layers), layers));
        KerasNet.AreClose([1, 4], expected, KerasNet.Run(graph, x)[0]);
        Assert.AreEqual(("x", "dense"), (graph.Inputs.Single(), graph.Outputs.Single()));
        // With channels first, Keras puts them last before it flattens.
        Tensor first = Tensor.Of<float>([1, 2, 4, 3], [.. KerasMath.Image.Of(x).ChannelsFirst().Select(v => (float)v)]);
        layers = [KerasNet.Input([2, 4, 3]), layers[1] with { Config = layers[1].Config + ", " + First }, layers[2] with { Config = First }, layers[3]];
        KerasNet.AreClose([1, 4], expected, KerasNet.Run(KerasNet.Import(net.H5(KerasNet.Sequential(layers), layers)), first)[0]);
    }

    [TestMethod]
    [DataRow("\"axis\": [3]", 3)]
    [DataRow("\"axis\": -1", 3)]
    [DataRow("\"axis\": 1", 1)]
    [DataRow("\"axis\": [2]", 2)]
    public void BatchNormalization(string axis, int at)
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 4, 3, 5);
        int channels = x.Shape[at], inner = x.Shape.Skip(at + 1).Aggregate(1, (a, b) => a * b);
        float[] gamma = KerasNet.Numbers(2, channels), beta = KerasNet.Numbers(3, channels), mean = KerasNet.Numbers(4, channels), variance = [.. KerasNet.Numbers(5, channels).Select(v => v + 1.1f)];
        double[] expected = [.. x.Doubles().Select((v, i) => (i / inner % channels) is var c ? (v - mean[c]) / Math.Sqrt(variance[c] + 0.01) * gamma[c] + beta[c] : 0)];
        KerasTestWeight[] weights = [new("gamma", [channels], gamma), new("beta", [channels], beta), new("moving_mean", [channels], mean), new("moving_variance", [channels], variance)];
        KerasNet.AreClose([1, 4, 3, 5], expected, net.RunLayer("BatchNormalization", axis + ", \"epsilon\": 0.01", x, weights));
        KerasNet.AreClose([1, 4, 3, 5], expected, net.RunLayer("BatchNormalizationV1", axis + ", \"epsilon\": 0.01", x, weights));
        // Without scale and shift the others move up.
        expected = [.. x.Doubles().Select((v, i) => (i / inner % channels) is var c ? (v - mean[c]) / Math.Sqrt(variance[c] + 0.001) : 0)];
        KerasNet.AreClose([1, 4, 3, 5], expected, net.RunLayer("BatchNormalization", axis + ", \"scale\": false, \"center\": 0", x, weights[2..]));
    }

    [TestMethod]
    [DataRow("-1", new[] { 3 })]
    [DataRow("[2, 3]", new[] { 2, 3 })]
    [DataRow("[1]", new[] { 1 })]
    public void LayerNormalization(string axis, int[] axes)
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 4, 3, 5);
        int[] lengths = [.. axes.Select(a => x.Shape[a])];
        int size = lengths.Aggregate(1, (a, b) => a * b);
        float[] gamma = KerasNet.Numbers(2, size), beta = KerasNet.Numbers(3, size);
        double[] values = x.Doubles();
        int[] Place(int i) => [0, i / 15, i / 5 % 3, i % 5];
        int Weight(int i) => axes.Aggregate(0, (at, a) => at * x.Shape[a] + Place(i)[a]);
        string Row(int i) => string.Join(",", Enumerable.Range(0, 4).Except(axes).Select(a => Place(i)[a]));
        double[] expected = [.. Enumerable.Range(0, 60).Select(i =>
        {
            double[] row = [.. Enumerable.Range(0, 60).Where(j => Row(j) == Row(i)).Select(j => values[j])];
            double mean = row.Average(), variance = row.Average(v => (v - mean) * (v - mean));
            return (values[i] - mean) / Math.Sqrt(variance + 0.001) * gamma[Weight(i)] + beta[Weight(i)];
        })];
        KerasNet.AreClose([1, 4, 3, 5], expected, net.RunLayer("LayerNormalization", $"\"axis\": {axis}, \"epsilon\": 0.001", x, new("gamma", lengths, gamma), new("beta", lengths, beta)));
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(-1)]
    public void GroupNormalization(int groups)
    {
        using var net = new KerasNet { Version = "3.3.3" };
        Tensor x = KerasNet.Random(1, 1, 3, 4, 6);
        float[] gamma = KerasNet.Numbers(2, 6), beta = KerasNet.Numbers(3, 6);
        double[] values = x.Doubles();
        int each = groups < 0 ? 1 : 6 / groups;
        double[] expected = [.. values.Select((v, i) =>
        {
            double[] group = [.. values.Where((_, j) => j % 6 / each == i % 6 / each)];
            double mean = group.Average(), variance = group.Average(w => (w - mean) * (w - mean));
            return (v - mean) / Math.Sqrt(variance + 0.001) * gamma[i % 6] + beta[i % 6];
        })];
        KerasNet.AreClose([1, 3, 4, 6], expected, net.RunLayer("GroupNormalization", $"\"groups\": {groups}", x, new("gamma", [6], gamma), new("beta", [6], beta)));
    }

    public static IEnumerable<object[]> Functions =>
    [
        ["linear", (double x) => x], ["relu", (double x) => Math.Max(0, x)], ["relu6", (double x) => Math.Clamp(x, 0, 6)], ["leaky_relu", (double x) => x < 0 ? 0.2 * x : x],
        ["sigmoid", (double x) => Sigmoid(x)], ["log_sigmoid", (double x) => -Math.Log(1 + Math.Exp(-x))], ["tanh", (double x) => Math.Tanh(x)], ["hard_tanh", (double x) => Math.Clamp(x, -1, 1)], ["tanh_shrink", (double x) => x - Math.Tanh(x)],
        ["soft_shrink", (double x) => Math.Sign(x) * Math.Max(0, Math.Abs(x) - 0.5)], ["hard_shrink", (double x) => Math.Abs(x) > 0.5 ? x : 0], ["softplus", (double x) => Math.Log(1 + Math.Exp(x))],
        ["softsign", (double x) => x / (1 + Math.Abs(x))], ["squareplus", (double x) => (x + Math.Sqrt(x * x + 4)) / 2], ["elu", (double x) => x < 0 ? Math.Exp(x) - 1 : x], ["celu", (double x) => x < 0 ? Math.Exp(x) - 1 : x],
        ["selu", (double x) => 1.05070098735548 * (x < 0 ? 1.67326324235438 * (Math.Exp(x) - 1) : x)], ["silu", (double x) => x * Sigmoid(x)], ["swish", (double x) => x * Sigmoid(x)],
        ["hard_silu", (double x) => x * Math.Clamp(x / 6 + 0.5, 0, 1)], ["mish", (double x) => x * Math.Tanh(Math.Log(1 + Math.Exp(x)))], ["exponential", (double x) => Math.Exp(x)], ["sparse_sigmoid", (double x) => Math.Clamp((x + 1) / 2, 0, 1)],
        ["gelu", (double x) => x * NormalDistribution(x)],
    ];

    [TestMethod]
    [DynamicData(nameof(Functions))]
    public void Activation_OfEachElement(string name, Func<double, double> function)
    {
        using var net = new KerasNet { Version = "3.3.3" };
        Tensor x = Tensor.Of<float>([1, 2, 3, 4], [.. KerasNet.Numbers(1, 24).Select(v => v * 8)]);
        double[] expected = [.. x.Doubles().Select(function)];
        KerasNet.AreClose([1, 2, 3, 4], expected, net.RunLayer("Activation", $"\"activation\": \"{name}\"", x));
        // As an object, as newer files have it.
        KerasNet.AreClose([1, 2, 3, 4], expected, net.RunLayer("Activation", $$"""
            "activation": {"module": "builtins", "class_name": "function", "config": "{{name}}", "registered_name": "function"}
            """, x));
    }

    [TestMethod]
    public void HardSigmoid_DependsOnTheVersion()
    {
        Tensor x = Tensor.Of<float>([1, 5], [-4, -1, 0, 1.5f, 4]);
        using KerasNet old = new(), @new = new() { Version = "3.0.0" };
        KerasNet.AreClose([1, 5], [.. x.Doubles().Select(v => Math.Clamp(0.2 * v + 0.5, 0, 1))], old.RunLayer("Activation", "\"activation\": \"hard_sigmoid\"", x));
        KerasNet.AreClose([1, 5], [.. x.Doubles().Select(v => Math.Clamp(v / 6 + 0.5, 0, 1))], @new.RunLayer("Activation", "\"activation\": \"hard_sigmoid\"", x));
    }

    [TestMethod]
    public void Softmax_IsAlongTheChannels_WhereverTheyLie()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 3, 4, 2);
        float[] kernel = KerasNet.Numbers(2, 1, 1, 2, 5);
        double[] scores = KerasMath.Conv(KerasMath.Image.Of(x), kernel, 1, 1, 5, null, (1, 1), (1, 1), "valid").Values;
        double[] expected = [.. scores.Chunk(5).SelectMany(row => row.Select(v => Math.Exp(v) / row.Sum(Math.Exp)))];
        KerasNet.AreClose([1, 3, 4, 5], expected, net.RunLayer("Conv2D", "\"filters\": 5, \"kernel_size\": 1, \"use_bias\": false, \"activation\": \"softmax\"", x, new KerasTestWeight("kernel", [1, 1, 2, 5], kernel)));
        double[] values = x.Doubles();
        expected = [.. values.Select((v, i) => Math.Exp(v) / Enumerable.Range(0, 3).Sum(h => Math.Exp(values[h * 8 + i % 8])))];
        KerasNet.AreClose([1, 3, 4, 2], expected, net.RunLayer("Softmax", "\"axis\": 1", x));
    }

    [TestMethod]
    [DataRow("", 0.0, 0.0, double.PositiveInfinity)]
    [DataRow("\"max_value\": 2.0, \"negative_slope\": 0.0, \"threshold\": 0.0", 0.0, 0.0, 2.0)]
    [DataRow("\"max_value\": 2.0, \"negative_slope\": [0.25], \"threshold\": 0.0", 0.25, 0.0, 2.0)]
    [DataRow("\"negative_slope\": 0.25, \"threshold\": 1.0", 0.25, 1.0, double.PositiveInfinity)]
    [DataRow("\"max_value\": 2.5, \"threshold\": 1.0", 0.0, 1.0, 2.5)]
    public void ReLU(string config, double slope, double threshold, double most)
    {
        using var net = new KerasNet();
        Tensor x = Tensor.Of<float>([1, 8], [-3, -1, -0.5f, 0, 0.5f, 1.5f, 2.25f, 3]);
        if (config.Contains('['))
        {
            // A list where a number should be is no number.
            KerasTestLayer[] layers = [KerasNet.Input([8]), new("ReLU", "layer", config, [])];
            Assert.AreEqual("MB2006", KerasNet.Fault(net.H5(KerasNet.Sequential(layers), layers)).Id);
            config = config.Replace("[0.25]", "0.25");
        }
        KerasNet.AreClose([1, 8], [.. x.Doubles().Select(v => v >= most ? most : v >= threshold ? v : slope * (v - threshold))], net.RunLayer("ReLU", config, x));
    }

    [TestMethod]
    public void OtherActivationLayers()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 3, 4, 2);
        double[] values = x.Doubles();
        KerasNet.AreClose([1, 3, 4, 2], [.. values.Select(v => v < 0 ? 0.3 * v : v)], net.RunLayer("LeakyReLU", "", x));
        KerasNet.AreClose([1, 3, 4, 2], [.. values.Select(v => v < 0 ? 0.125 * v : v)], net.RunLayer("LeakyReLU", "\"alpha\": 0.125", x));
        KerasNet.AreClose([1, 3, 4, 2], [.. values.Select(v => v < 0 ? 0.5 * v : v)], net.RunLayer("LeakyReLU", "\"negative_slope\": 0.5", x));
        KerasNet.AreClose([1, 3, 4, 2], [.. values.Select(v => v < 0 ? 2 * (Math.Exp(v) - 1) : v)], net.RunLayer("ELU", "\"alpha\": 2.0", x));
        KerasNet.AreClose([1, 3, 4, 2], [.. values.Select(v => v > 0.25 ? v : 0)], net.RunLayer("ThresholdedReLU", "\"theta\": 0.25", x));
        float[] alpha = KerasNet.Numbers(2, 3, 4, 2), shared = KerasNet.Numbers(3, 2);
        KerasNet.AreClose([1, 3, 4, 2], [.. values.Select((v, i) => v < 0 ? alpha[i] * v : v)], net.RunLayer("PReLU", "\"shared_axes\": null", x, new KerasTestWeight("alpha", [3, 4, 2], alpha)));
        KerasNet.AreClose([1, 3, 4, 2], [.. values.Select((v, i) => v < 0 ? shared[i % 2] * v : v)], net.RunLayer("PReLU", "\"shared_axes\": [1, 2]", x, new KerasTestWeight("alpha", [1, 1, 2], shared)));
    }

    [TestMethod]
    public void PRelu_FitsAnImage_BehindAConvolution()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 3, 4, 2);
        float[] kernel = KerasNet.Numbers(2, 1, 1, 2, 3), alpha = KerasNet.Numbers(3, 3, 4, 3);
        double[] expected = [.. KerasMath.Conv(KerasMath.Image.Of(x), kernel, 1, 1, 3, null, (1, 1), (1, 1), "valid").Values.Select((v, i) => v < 0 ? v * alpha[i] : v)];
        KerasTestLayer[] layers = [KerasNet.Input([3, 4, 2]), new("Conv2D", "conv", "\"filters\": 3, \"kernel_size\": 1, \"use_bias\": false", [new("kernel", [1, 1, 2, 3], kernel)]), new("PReLU", "slope", "", [new("alpha", [3, 4, 3], alpha)])];
        KerasNet.AreClose([1, 3, 4, 3], expected, KerasNet.Run(KerasNet.Import(net.Zip(KerasNet.Sequential(layers), layers)), x)[0]);
    }

    [TestMethod]
    public void PaddingAndCropping()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 3, 4, 2);
        KerasMath.Image image = KerasMath.Image.Of(x);
        foreach (var (json, top, bottom, left, right) in new[] { ("1", 1, 1, 1, 1), ("[2, 1]", 2, 2, 1, 1), ("[[1, 0], [0, 1]]", 1, 0, 0, 1) })
        {
            KerasMath.Image padded = KerasMath.Image.Of(3 + top + bottom, 4 + left + right, 2, (h, w, c) => image[h - top, w - left, c]);
            KerasNet.AreClose([1, padded.Height, padded.Width, 2], padded.Values, net.RunLayer("ZeroPadding2D", $"\"padding\": {json}", x));
        }
        foreach (var (json, top, bottom, left, right) in new[] { ("1", 1, 1, 1, 1), ("[[1, 0], [0, 2]]", 1, 0, 0, 2) })
        {
            KerasMath.Image cut = KerasMath.Image.Of(3 - top - bottom, 4 - left - right, 2, (h, w, c) => image[h + top, w + left, c]);
            KerasNet.AreClose([1, cut.Height, cut.Width, 2], cut.Values, net.RunLayer("Cropping2D", $"\"cropping\": {json}", x));
        }
        KerasMath.Image middle = KerasMath.Image.Of(2, 2, 2, (h, w, c) => image[h, w + 1, c]);
        KerasNet.AreClose([1, 2, 2, 2], middle.Values, net.RunLayer("CenterCrop", "\"height\": 2, \"width\": 2", x));
        Tensor line = Tensor.Of<float>([1, 4, 1], [1, 2, 3, 4]);
        KerasNet.AreClose([1, 7, 1], [0, 1, 2, 3, 4, 0, 0], net.RunLayer("ZeroPadding1D", "\"padding\": [1, 2]", line));
        KerasNet.AreClose([1, 2, 1], [2, 3], net.RunLayer("Cropping1D", "\"cropping\": [1, 1]", line));
    }

    [TestMethod]
    public void UpSampling()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 3, 4, 2);
        KerasMath.Image image = KerasMath.Image.Of(x), wide = KerasMath.Image.Of(6, 12, 2, (h, w, c) => image[h / 2, w / 3, c]);
        KerasNet.AreClose([1, 6, 12, 2], wide.Values, net.RunLayer("UpSampling2D", "\"size\": [2, 3], \"interpolation\": \"nearest\"", x));
        // Between the middles of pixels; beyond the outermost ones as these.
        double At(int h, double w, int c) => Math.Clamp(w, 0, 3) is var p ? image[h, (int)p, c] * (1 - (p - (int)p)) + (p > (int)p ? image[h, (int)p + 1, c] * (p - (int)p) : 0) : 0;
        double Between(double h, double w, int c) => Math.Clamp(h, 0, 2) is var p ? At((int)p, w, c) * (1 - (p - (int)p)) + (p > (int)p ? At((int)p + 1, w, c) * (p - (int)p) : 0) : 0;
        wide = KerasMath.Image.Of(6, 8, 2, (h, w, c) => Between((h + 0.5) / 2 - 0.5, (w + 0.5) / 2 - 0.5, c));
        KerasNet.AreClose([1, 6, 8, 2], wide.Values, net.RunLayer("UpSampling2D", "\"size\": 2, \"interpolation\": \"bilinear\"", x));
        KerasNet.AreClose([1, 6, 8, 2], wide.Values, net.RunLayer("Resizing", "\"height\": 6, \"width\": 8", x));
        Tensor line = Tensor.Of<float>([1, 2, 2], [1, 2, 3, 4]);
        KerasNet.AreClose([1, 4, 2], [1, 2, 1, 2, 3, 4, 3, 4], net.RunLayer("UpSampling1D", "\"size\": 2", line));
    }

    [TestMethod]
    public void LayersThatArrange()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 2, 3, 4);
        double[] values = x.Doubles();
        KerasNet.AreClose([1, 24], values, net.RunLayer("Flatten", "", x));
        KerasNet.AreClose([1, 6, 4], values, net.RunLayer("Reshape", "\"target_shape\": [6, -1]", x));
        KerasNet.AreClose([1, 4, 2, 3], [.. from c in Enumerable.Range(0, 4) from h in Enumerable.Range(0, 2) from w in Enumerable.Range(0, 3) select values[(h * 3 + w) * 4 + c]], net.RunLayer("Permute", "\"dims\": [3, 1, 2]", x));
        Tensor row = Tensor.Of<float>([1, 2], [5, 7]);
        KerasNet.AreClose([1, 3, 2], [5, 7, 5, 7, 5, 7], net.RunLayer("RepeatVector", "\"n\": 3", row));
        KerasNet.AreClose([1, 2], [5, 7], net.RunLayer("Dropout", "\"rate\": 0.5", row));
        KerasNet.AreClose([1, 2], [5, 7], net.RunLayer("RandomFlip", "\"mode\": \"horizontal\"", row));
    }

    [TestMethod]
    public void Embedding_TakesFloatsAndIntegersAsIndices()
    {
        using var net = new KerasNet();
        float[] table = KerasNet.Numbers(1, 5, 3);
        double[] expected = [.. new[] { 4, 0, 2 }.SelectMany(i => table.Skip(3 * i).Take(3)).Select(v => (double)v)];
        var layer = new KerasTestLayer("Embedding", "layer", "\"input_dim\": 5, \"output_dim\": 3, \"mask_zero\": false", [new("embeddings", [5, 3], table)]);
        KerasNet.AreClose([1, 3, 3], expected, net.RunLayer(layer, Tensor.Of<float>([1, 3], [4, 0, 2])));
        KerasNet.AreClose([1, 3, 3], expected, net.RunLayer(layer, Tensor.Of<int>([1, 3], [4, 0, 2]), "int32"));
        KerasNet.AreClose([1, 3, 3], expected, net.RunLayer(layer, Tensor.Of<long>([1, 3], [4, 0, 2]), "int64"));
    }

    [TestMethod]
    public void RescalingAndNormalization()
    {
        using var net = new KerasNet();
        Tensor x = Tensor.Of<byte>([1, 2, 2, 3], [.. Enumerable.Range(0, 12).Select(i => (byte)(i * 20))]);
        double[] values = x.Doubles();
        KerasNet.AreClose([1, 2, 2, 3], [.. values.Select(v => v / 127.5 - 1)], net.RunLayer(new KerasTestLayer("Rescaling", "layer", "\"scale\": 0.00784313725, \"offset\": -1", []), x, "uint8"));
        KerasNet.AreClose([1, 2, 2, 3], [.. values.Select((v, i) => v * (i % 3 + 1) + i % 3)], net.RunLayer(new KerasTestLayer("Rescaling", "layer", "\"scale\": [1, 2, 3], \"offset\": [0, 1, 2]", []), x, "uint8"));
        float[] mean = [10, 20, 30], variance = [4, 9, 0];
        double[] expected = [.. values.Select((v, i) => (v - mean[i % 3]) / Math.Max(Math.Sqrt(variance[i % 3]), 1e-7))];
        KerasNet.AreClose([1, 2, 2, 3], expected, net.RunLayer(new KerasTestLayer("Normalization", "layer", "\"axis\": [-1]", [new("mean", [3], mean), new("variance", [3], variance), new("count", [], [0])]), x, "uint8"));
        KerasNet.AreClose([1, 2, 2, 3], [.. values.Select(v => (v - 100) / 5)], net.RunLayer(new KerasTestLayer("Normalization", "layer", "\"axis\": null, \"mean\": 100, \"variance\": 25", []), x, "uint8"));
        KerasNet.AreClose([1, 2, 2, 3], [.. values.Select((v, i) => v * Math.Max(Math.Sqrt(variance[i % 3]), 1e-7) + mean[i % 3])],
            net.RunLayer(new KerasTestLayer("Normalization", "layer", "\"axis\": -1, \"mean\": [10, 20, 30], \"variance\": [4, 9, 0], \"invert\": true", []), x, "uint8"));
    }

    [TestMethod]
    public void UnitAndRootMeanSquareNormalization()
    {
        using var net = new KerasNet { Version = "3.9.0" };
        Tensor x = KerasNet.Random(1, 1, 4, 3);
        double[] values = x.Doubles();
        KerasNet.AreClose([1, 4, 3], [.. values.Chunk(3).SelectMany(r => r.Select(v => v / Math.Sqrt(r.Sum(w => w * w))))], net.RunLayer("UnitNormalization", "\"axis\": -1", x));
        float[] scale = KerasNet.Numbers(2, 3);
        KerasNet.AreClose([1, 4, 3], [.. values.Chunk(3).SelectMany(r => r.Select((v, i) => v / Math.Sqrt(r.Average(w => w * w) + 1e-6) * scale[i]))], net.RunLayer("RMSNormalization", "\"axis\": -1, \"epsilon\": 1e-06", x, new KerasTestWeight("scale", [3], scale)));
    }

    [TestMethod]
    public void TimeDistributed_TakesStepsAsSamples()
    {
        using var net = new KerasNet();
        Tensor x = KerasNet.Random(1, 1, 3, 4, 5, 2);
        float[] kernel = KerasNet.Numbers(2, 3, 3, 2, 4), bias = KerasNet.Numbers(3, 4);
        double[] expected = [.. Enumerable.Range(0, 3).SelectMany(t => KerasMath.Conv(new KerasMath.Image(4, 5, 2, x.Doubles()[(40 * t)..(40 * t + 40)]), kernel, 3, 3, 4, bias, (1, 1), (1, 1), "same").Values)];
        KerasNet.AreClose([1, 3, 4, 5, 4], expected, net.RunLayer("TimeDistributed", """
            "layer": {"class_name": "Conv2D", "config": {"name": "inner", "filters": 4, "kernel_size": [3, 3], "padding": "same"}}
            """, x, new("kernel", [3, 3, 2, 4], kernel, "layer/vars/0"), new("bias", [4], bias, "layer/vars/1")));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void MultiHeadAttention(bool bias)
    {
        using var net = new KerasNet { Version = "3.3.3" };
        const int steps = 4, width = 6, heads = 2, size = 3, valueSize = 5, output = 6;
        Tensor x = KerasNet.Random(1, 1, steps, width);
        double[] X = x.Doubles();
        KerasTestWeight Kernel(string name, int seed, int[] shape, int number) => new($"{name}/{(number == 0 ? "kernel" : "bias")}", shape, KerasNet.Numbers(seed, shape), $"{(name == "attention_output" ? "output" : name)}_dense/vars/{number}");
        KerasTestWeight[] kernels = [Kernel("query", 2, [width, heads, size], 0), Kernel("key", 3, [width, heads, size], 0), Kernel("value", 4, [width, heads, valueSize], 0), Kernel("attention_output", 5, [heads, valueSize, output], 0)];
        KerasTestWeight[] biases = [Kernel("query", 6, [heads, size], 1), Kernel("key", 7, [heads, size], 1), Kernel("value", 8, [heads, valueSize], 1), Kernel("attention_output", 9, [output], 1)];
        double Head(int which, int t, int h, int d) => (bias ? biases[which].Values[h * biases[which].Shape[1] + d] : 0)
            + Enumerable.Range(0, width).Sum(e => X[t * width + e] * kernels[which].Values[(e * heads + h) * kernels[which].Shape[2] + d]);
        double[] Attention(int t, int h)
        {
            double[] scores = [.. Enumerable.Range(0, steps).Select(s => Math.Exp(Enumerable.Range(0, size).Sum(d => Head(0, t, h, d) * Head(1, s, h, d)) / Math.Sqrt(size)))];
            return [.. scores.Select(v => v / scores.Sum())];
        }
        double[] expected = [.. from t in Enumerable.Range(0, steps) from o in Enumerable.Range(0, output)
            select (bias ? biases[3].Values[o] : 0) + Enumerable.Range(0, heads).Sum(h => Enumerable.Range(0, valueSize).Sum(d => Attention(t, h).Select((a, s) => a * Head(2, s, h, d)).Sum() * kernels[3].Values[(h * valueSize + d) * output + o]))];
        KerasTestLayer layer = new("MultiHeadAttention", "mha", $"\"num_heads\": {heads}, \"key_dim\": {size}, \"value_dim\": {valueSize}, \"use_bias\": {(bias ? "true" : "false")}, \"attention_axes\": [1]", [.. kernels, .. bias ? biases : []], """
            [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 4, 6], "dtype": "float32", "keras_history": ["x", 0, 0]}}],
              "kwargs": {"value": {"class_name": "__keras_tensor__", "config": {"shape": [null, 4, 6], "dtype": "float32", "keras_history": ["x", 0, 0]}}, "training": null}}]
            """);
        KerasTestLayer[] layers = [KerasNet.Input([steps, width]), layer];
        string config = KerasNet.Functional("[\"x\", 0, 0]", "[\"mha\", 0, 0]", layers);
        KerasNet.AreClose([1, steps, output], expected, KerasNet.Run(KerasNet.Import(net.Zip(config, layers)), x)[0]);
        KerasNet.AreClose([1, steps, output], expected, KerasNet.Run(KerasNet.Import(net.H5(config, layers)), x)[0]);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    // By summing the density: nothing that the importer or the kernels use.
    private static double NormalDistribution(double x)
    {
        const int steps = 20000;
        double width = x / steps, sum = 0;
        for (int i = 0; i < steps; i++)
            sum += Math.Exp(-(i + 0.5) * width * ((i + 0.5) * width) / 2);
        return 0.5 + sum * width / Math.Sqrt(2 * Math.PI);
    }
}
