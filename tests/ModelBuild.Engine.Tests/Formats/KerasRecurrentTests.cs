namespace ModelBuild.Engine.Tests;

/// <summary>Recurrent layers: against cells written from Keras's documentation, gate by gate, and against numbers that Keras's own tests hold.</summary>
[TestClass]
public class KerasRecurrentTests
{
    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private sealed record Cell(string Class, int Units, int Depth, KerasTestWeight Kernel, KerasTestWeight Recurrent, KerasTestWeight? Bias, bool After = false)
    {
        public static Cell Random(string @class, int units, int depth, int seed, bool after = false)
        {
            int rows = (@class == "LSTM" ? 4 : @class == "GRU" ? 3 : 1) * units;
            return new(@class, units, depth, KerasNet.Weight("kernel", seed, depth, rows), KerasNet.Weight("recurrent_kernel", seed + 1, units, rows), after ? KerasNet.Weight("bias", seed + 2, 2, rows) : KerasNet.Weight("bias", seed + 2, rows), after);
        }

        /// <summary>The weights, under a cell's name of Keras 2, at a place in newer files.</summary>
        public KerasTestWeight[] Weights(string name, string place)
        {
            KerasTestWeight[] all = [Kernel, Recurrent, .. Bias == null ? Array.Empty<KerasTestWeight>() : [Bias]];
            return [.. all.Select((w, i) => w with { Name = $"{name}{w.Name}", Place = $"{place}cell/vars/{i}" })];
        }

        /// <summary>All outputs, in the order of the steps that are given; first states are zero unless given.</summary>
        public (double[][] Outputs, double[][] States) Run(double[][] steps, double[][]? first = null)
        {
            int rows = Kernel.Shape[1];
            double[] h = first?[0] ?? new double[Units], c = first?.ElementAtOrDefault(1) ?? new double[Units];
            var outputs = new List<double[]>();
            foreach (double[] x in steps)
            {
                double X(int row) => (Bias?.Values[row] ?? 0) + Enumerable.Range(0, Depth).Sum(i => x[i] * Kernel.Values[i * rows + row]);
                double H(int row, double[] state) => (After ? Bias!.Values[rows + row] : 0) + Enumerable.Range(0, Units).Sum(i => state[i] * Recurrent.Values[i * rows + row]);
                double[] next = new double[Units], memory = new double[Units];
                for (int u = 0; u < Units; u++)
                {
                    if (Class == "SimpleRNN")
                        next[u] = Math.Tanh(X(u) + H(u, h));
                    else if (Class == "LSTM")
                    {
                        double i = Sigmoid(X(u) + H(u, h)), f = Sigmoid(X(Units + u) + H(Units + u, h)), g = Math.Tanh(X(2 * Units + u) + H(2 * Units + u, h)), o = Sigmoid(X(3 * Units + u) + H(3 * Units + u, h));
                        memory[u] = f * c[u] + i * g;
                        next[u] = o * Math.Tanh(memory[u]);
                    }
                    else
                    {
                        double R(int k) => Sigmoid(X(Units + k) + H(Units + k, h));
                        double z = Sigmoid(X(u) + H(u, h));
                        double candidate = Math.Tanh(X(2 * Units + u) + (After ? R(u) * H(2 * Units + u, h) : H(2 * Units + u, [.. h.Select((v, k) => R(k) * v)])));
                        next[u] = z * h[u] + (1 - z) * candidate;
                    }
                }
                (h, c) = (next, memory);
                outputs.Add(next);
            }
            return ([.. outputs], Class == "LSTM" ? [h, c] : [h]);
        }
    }

    private static double[][] Steps(Tensor x) => [.. x.Doubles().Chunk(x.Shape[2])];

    public static IEnumerable<object[]> Cells => [["LSTM", false], ["GRU", false], ["GRU", true], ["SimpleRNN", false]];

    [TestMethod]
    [DynamicData(nameof(Cells))]
    public void Steps_AreGoneThrough_EitherWay(string @class, bool after)
    {
        using var net = new KerasNet();
        Cell cell = Cell.Random(@class, 3, 4, 1, after);
        Tensor x = KerasNet.Random(9, 1, 5, 4);
        string config = $"\"units\": 3, \"reset_after\": {(after ? "true" : "false")}, \"activation\": \"tanh\", \"recurrent_activation\": \"sigmoid\", \"use_bias\": true";
        var layer = new KerasTestLayer(@class, "rnn", "", cell.Weights($"{@class.ToLowerInvariant()}_cell/", ""));
        double[][] forwards = cell.Run(Steps(x)).Outputs, backwards = cell.Run([.. Steps(x).Reverse()]).Outputs;
        KerasNet.AreClose([1, 3], forwards[^1], net.RunLayer(layer with { Config = config }, x));
        KerasNet.AreClose([1, 5, 3], [.. forwards.SelectMany(v => v)], net.RunLayer(layer with { Config = config + ", \"return_sequences\": true" }, x));
        KerasNet.AreClose([1, 3], backwards[^1], net.RunLayer(layer with { Config = config + ", \"go_backwards\": true" }, x));
        // Keras gives them in the order in which it went.
        KerasNet.AreClose([1, 5, 3], [.. backwards.SelectMany(v => v)], net.RunLayer(layer with { Config = config + ", \"go_backwards\": true, \"return_sequences\": true" }, x));
    }

    [TestMethod]
    [DynamicData(nameof(Cells))]
    public void States_GoInAndOut(string @class, bool after)
    {
        using var net = new KerasNet();
        Cell cell = Cell.Random(@class, 3, 4, 1, after), second = Cell.Random(@class, 3, 3, 20, after);
        Tensor x = KerasNet.Random(9, 1, 5, 4);
        string config = $"\"units\": 3, \"reset_after\": {(after ? "true" : "false")}, \"return_sequences\": true";
        int states = @class == "LSTM" ? 2 : 1;
        (double[][] outputs, double[][] last) = cell.Run(Steps(x));
        double[][] expected = second.Run(outputs, last).Outputs;
        string state = string.Join(", ", Enumerable.Range(1, states).Select(i => $"[\"one\", 0, {i}, {{}}]"));
        KerasTestLayer[] layers =
        [
            KerasNet.Input([5, 4]), new(@class, "one", config + ", \"return_state\": true", cell.Weights("cell/", ""), "[[[\"x\", 0, 0, {}]]]"),
            new(@class, "two", config, second.Weights("cell/", ""), $"[[[\"one\", 0, 0, {{}}], {state}]]"),
        ];
        string net2 = KerasNet.Functional("[[\"x\", 0, 0]]", "[[\"two\", 0, 0], [\"one\", 0, 1]]", layers);
        Tensor[] y = KerasNet.Run(KerasNet.Import(net.H5(net2, layers)), x);
        KerasNet.AreClose([1, 5, 3], [.. expected.SelectMany(v => v)], y[0]);
        KerasNet.AreClose([1, 3], last[0], y[1]);
        // Keras 3 hands states over by their keyword.
        string Value(int output) => $$$"""{"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history": ["one", 0, {{{output}}}]}}""";
        layers[2] = layers[2] with { Calls = $$$"""[{"args": [{{{Value(0)}}}], "kwargs": {"initial_state": [{{{string.Join(", ", Enumerable.Range(1, states).Select(Value))}}}], "training": false}}]""" };
        KerasNet.AreClose([1, 5, 3], [.. expected.SelectMany(v => v)], KerasNet.Run(KerasNet.Import(net.Zip(KerasNet.Functional("[\"x\", 0, 0]", "[\"two\", 0, 0]", layers), layers)), x)[0]);
    }

    [TestMethod]
    [DataRow("LSTM", "concat", true)]
    [DataRow("LSTM", "sum", false)]
    [DataRow("GRU", "mul", true)]
    [DataRow("SimpleRNN", "ave", true)]
    [DataRow("SimpleRNN", "concat", false)]
    public void Bidirectional(string @class, string merge, bool sequences)
    {
        using var net = new KerasNet();
        Cell forward = Cell.Random(@class, 3, 4, 1), backward = Cell.Random(@class, 3, 4, 20);
        Tensor x = KerasNet.Random(9, 1, 5, 4);
        double[][] ahead = forward.Run(Steps(x)).Outputs, back = [.. backward.Run([.. Steps(x).Reverse()]).Outputs.Reverse()];
        (double[][] a, double[][] b) = sequences ? (ahead, back) : (ahead[^1..], back[..1]);
        double[] Merged(double[] p, double[] q) => merge switch
        {
            "concat" => [.. p, .. q], "sum" => [.. p.Zip(q, (u, v) => u + v)], "mul" => [.. p.Zip(q, (u, v) => u * v)], _ => [.. p.Zip(q, (u, v) => (u + v) / 2)],
        };
        string name = @class == "SimpleRNN" ? "simple_rnn" : @class.ToLowerInvariant(), config = $$$"""
            "merge_mode": "{{{merge}}}", "layer": {"class_name": "{{{@class}}}", "config": {"name": "{{{name}}}", "units": 3, "return_sequences": {{{(sequences ? "true" : "false")}}}, "reset_after": false}}
            """;
        KerasTestWeight[] weights = [.. forward.Weights($"forward_{name}/cell/", "forward_layer/"), .. backward.Weights($"backward_{name}/cell_2/", "backward_layer/")];
        Tensor y = net.RunLayer("Bidirectional", config, x, weights);
        KerasNet.AreClose([1, .. sequences ? new[] { 5 } : [], merge == "concat" ? 6 : 3], [.. a.Zip(b).SelectMany(p => Merged(p.First, p.Second))], y);
    }

    // From keras-team/keras (Apache-2.0), keras/src/layers/rnn/*_test.py: weights 0.01, 0.02, 0.03; inputs count up.
    [TestMethod]
    [DataRow("LSTM", "", true, new[] { 0.6288687, 0.86899155, 0.9460773 })]
    [DataRow("LSTM", "\"go_backwards\": true", true, new[] { 0.35622165, 0.74789524, 0.8872726 })]
    [DataRow("LSTM", "\"unit_forget_bias\": false", false, new[] { 0.57019705, 0.8661914, 0.9459622 })]
    [DataRow("GRU", "\"reset_after\": true", false, new[] { 0.5217289, 0.6371659, 0.39384964 })]
    [DataRow("GRU", "\"reset_after\": true, \"go_backwards\": true", false, new[] { 0.24406259, 0.611516, 0.3928808 })]
    [DataRow("GRU", "\"reset_after\": false", false, new[] { 0.51447755, 0.6426879, 0.40208298 })]
    public void Numbers_AreThoseOfKerassTests(string @class, string config, bool forgetBias, double[] expected)
    {
        using var net = new KerasNet { Version = "3.3.3" };
        const int units = 3, depth = 4, steps = 6;
        int gates = @class == "LSTM" ? 4 : 3, rows = gates * units;
        bool after = config.Contains("\"reset_after\": true", StringComparison.Ordinal);
        float[] Filled(int count, float value) => [.. Enumerable.Repeat(value, count)];
        float[] bias = Filled((after ? 2 : 1) * rows, 0.03f);
        if (forgetBias)
            bias.AsSpan(units, units).Fill(1);
        var layer = new KerasTestLayer(@class, "rnn", $"\"units\": 3{(config.Length > 0 ? ", " : "")}{config}",
            [new("kernel", [depth, rows], Filled(depth * rows, 0.01f), "cell/vars/0"), new("recurrent_kernel", [units, rows], Filled(units * rows, 0.02f), "cell/vars/1"), new("bias", after ? [2, rows] : [rows], bias, "cell/vars/2")]);
        for (int sample = 0; sample < 3; sample++)
        {
            Tensor y = net.RunLayer(layer, Tensor.Of<float>([1, steps, depth], [.. Enumerable.Range(sample * steps * depth, steps * depth).Select(i => (float)i)]));
            foreach (double value in y.Doubles())
                Assert.AreEqual(expected[sample], value, 1e-5);
        }
    }

    [TestMethod]
    public void TimeDistributedModels_FeedARecurrentLayer()
    {
        using var net = new KerasNet();
        Cell cell = Cell.Random("LSTM", 3, 2, 1);
        Tensor x = KerasNet.Random(9, 1, 4, 6);
        float[] kernel = KerasNet.Numbers(30, 6, 2);
        double[][] middle = [.. Steps(x).Select(s => Enumerable.Range(0, 2).Select(u => Math.Max(0, Enumerable.Range(0, 6).Sum(k => s[k] * kernel[k * 2 + u]))).ToArray())];
        KerasTestLayer[] layers =
        [
            KerasNet.Input([4, 6]), new("TimeDistributed", "each", $$$"""
                "layer": {"class_name": "Sequential", "config": {"name": "inner", "layers": [{"class_name": "Dense", "config": {"name": "d", "units": 2, "use_bias": false, "activation": "relu"}}]}}
                """, [new("d/kernel", [6, 2], kernel, "layer/layers/dense/vars/0")]),
            new("LSTM", "rnn", "\"units\": 3", cell.Weights("lstm_cell/", "")),
        ];
        foreach (string file in (string[])[net.H5(KerasNet.Sequential(layers), layers), net.Zip(KerasNet.Sequential(layers), layers)])
            KerasNet.AreClose([1, 3], cell.Run(middle).Outputs[^1], KerasNet.Run(KerasNet.Import(file), x)[0]);
    }

    [TestMethod]
    [DataRow("\"units\": 3, \"stateful\": true", "stateful")]
    [DataRow("\"units\": 3, \"recurrent_activation\": \"gelu\"", "recurrent_activation is 'gelu' in the config; valid: sigmoid")]
    [DataRow("\"units\": 4", "its weight kernel is [4, 12] in the file, and the config asks for [4, 16]")]
    public void WhatCantBe_IsALocatedError(string config, string text)
    {
        using var net = new KerasNet();
        KerasTestLayer[] layers = [KerasNet.Input([5, 4]), new("LSTM", "rnn", config, Cell.Random("LSTM", 3, 4, 1).Weights("cell/", ""))];
        Diagnostic fault = KerasNet.Fault(net.H5(KerasNet.Sequential(layers), layers));
        Assert.AreEqual("MB2006", fault.Id);
        StringAssert.Contains(fault.Text, text);
    }

    [TestMethod]
    public void AMaskedSequence_IsRefused()
    {
        using var net = new KerasNet();
        KerasTestLayer[] layers = [KerasNet.Input([5]), new("Embedding", "words", "\"input_dim\": 7, \"output_dim\": 4, \"mask_zero\": true", [KerasNet.Weight("embeddings", 1, 7, 4)]), new("LSTM", "rnn", "\"units\": 3", Cell.Random("LSTM", 3, 4, 1).Weights("cell/", ""))];
        StringAssert.Contains(KerasNet.Fault(net.H5(KerasNet.Sequential(layers), layers)).Text, "layer 'rnn'".Replace("layer", "node", StringComparison.Ordinal));
        layers[1] = layers[1] with { Config = layers[1].Config.Replace("true", "false", StringComparison.Ordinal) };
        Assert.HasCount(1, KerasNet.Import(net.H5(KerasNet.Sequential(layers), layers)).Outputs);
    }
}
