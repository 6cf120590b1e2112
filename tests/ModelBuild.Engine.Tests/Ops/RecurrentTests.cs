using CsCheck;

namespace ModelBuild.Engine.Tests;

[TestClass]
[TestCategory(InstructionSets.Kernels)]
public class RecurrentTests
{
    [TestMethod]
    public void Layers_AgreeWithTheirMeaning_InEveryForm() =>
        Layers(functions: Gen.Enum<CellKind>().Select(kind => new CellFunction(kind, 0.7f, kind == CellKind.ScaledTanh ? 0.6f : 0.2f)), layouts: Gen.Int[0, 1], Gen.OneOf(float.PositiveInfinity, 0.7f)).Sample(t =>
            OneNode.Agrees(t.Layer, t.Inputs, [1, 2, 3, t.Inputs.Length == 8 ? 7 : 6], lie: t.Lie), iter: 200);

    // ONNX Runtime knows no layout 1, and approximates sigmoid and tanh.
    [TestMethod]
    public void Layers_AgreeWithOnnxRuntime_ForOddSizes()
    {
        Gen<CellFunction> functions = Gen.OneOf(CellFunction.Sigmoid, CellFunction.Tanh, new(CellKind.Relu), new(CellKind.HardSigmoid, 0.2f, 0.5f), new(CellKind.Affine, 0.5f, 0.1f), new(CellKind.LeakyRelu, 0.1f));
        Layers(functions, Gen.Const(0), Gen.Const(float.PositiveInfinity)).Sample(t =>
        {
            Tensor[] expected = OnnxRuntime(t.Layer, t.Inputs), got = OneNode.Run(t.Layer, t.Inputs, [1, 2, 3, t.Inputs.Length == 8 ? 7 : 6], outputs: expected.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.AreEqual(expected[i].Type, got[i].Type);
                Assert.IsLessThanOrEqualTo(2e-5, Comparison.Error(got[i], expected[i]), $"{t.Layer} of {string.Join(", ", t.Inputs.Select(x => x?.Type))}");
            }
        }, iter: 120);
    }

    [TestMethod]
    public void TheUsualLstm_IsTwoProductsAndOneKernel_HoweverManySteps()
    {
        foreach (int steps in (int[])[1, 50])
        {
            var builder = new GraphBuilder("lstm");
            builder.AddInput("x", new(ElementType.Float32, [steps, 1, 3]));
            builder.AddConstant("w", Any.Counted(ElementType.Float32, [1, 20, 3]));
            builder.AddConstant("r", Any.Counted(ElementType.Float32, [1, 20, 5]));
            builder.Add(new Node("lstm", new LSTM(5, Direction.Forward, new(LSTM.Usual)), new(["x", "w", "r"]), new(["y", "h", "c"])));
            Emitted emitted = Emitted.From(builder.Build(["h"]), PlanNames.None);
            CollectionAssert.AreEqual((string[])["Load", "MatMulF32F32", "Fill4", "Fill4", "LstmF32F32", "Store"], emitted.Plan.Calls.Select(c => c.Kernel).ToArray());
            Assert.IsTrue(emitted.Plan.Calls.Single(c => c.Kernel == "LstmF32F32").Arguments.Single(a => a.Name == "y").Value == "none", "nobody reads y");
            Assert.AreEqual(steps * 20 * (3 + 5), ReportLayers.Of(emitted).Sum(l => l.Macs));
        }
    }

    [TestMethod]
    public void Weights_AreStoredInTwoBytes_WhenTheyAreHalves()
    {
        int Size(float scale)
        {
            var builder = new GraphBuilder("gru");
            builder.AddInput("x", new(ElementType.Float32, [4, 1, 16]));
            builder.AddConstant("w", Tensor.Of([1, 48, 16], Enumerable.Range(0, 48 * 16).Select(i => (i * 37 % 509 - 250) * scale).ToArray()));
            builder.AddConstant("r", Tensor.Of([1, 48, 16], Enumerable.Range(0, 48 * 16).Select(i => (i * 31 % 499 - 250) * scale).ToArray()));
            builder.Add(new Node("gru", new GRU(16, Direction.Forward, new(GRU.Usual)), new(["x", "w", "r"]), new(["y"])));
            return Emitted.From(builder.Build(["y"]), PlanNames.None).Weights.Length;
        }
        Assert.IsLessThan(0.6 * Size(1 / 1000f), (double)Size(1 / 1024f));
    }

    [TestMethod]
    public void Sequences_AreRefused_WhenTheyAreShorter()
    {
        OnnxNodes Node(params int[] lengths) => new OnnxNodes("LSTM", 14).Attribute("hidden_size", 2).Input("x", ElementType.Float32, 5, 2, 3)
            .Constant("w", Any.Counted(ElementType.Float32, [1, 8, 3])).Constant("r", Any.Counted(ElementType.Float32, [1, 8, 2])).Absent().Constant("lengths", Tensor.Of([2], lengths));
        Assert.AreEqual(new LSTM(2, Direction.Forward, new(LSTM.Usual)), Node(5, 5).Read().Nodes.Single().Op);
        var error = Assert.ThrowsExactly<ImportException>(() => Node(5, 4).Read());
        StringAssert.Contains(error.Diagnostic.Text, "node 'node' (LSTM)");
        StringAssert.Contains(error.Diagnostic.Text, "a sequence of 4 of 5 steps");
    }

    [TestMethod]
    public void Attributes_AreReadAsOnnxMeansThem()
    {
        OnnxNodes Node(string activations) => new OnnxNodes("RNN", 14).Attribute("hidden_size", 2).Attribute("direction", "bidirectional").Attribute("activations", activations.Split(' ')).Attribute("activation_alpha", [0.3f])
            .Input("x", ElementType.Float32, 5, 1, 3).Constant("w", Any.Counted(ElementType.Float32, [2, 2, 3])).Constant("r", Any.Counted(ElementType.Float32, [2, 2, 2]));
        // Alphas are of those functions that have one.
        Assert.AreEqual(new RNN(2, Direction.Bidirectional, new([CellFunction.Tanh, new(CellKind.LeakyRelu, 0.3f)])), Node("Tanh LeakyRelu").Read().Nodes.Single().Op);
        Assert.AreEqual(new RNN(2, Direction.Bidirectional, new([new(CellKind.Affine, 0.3f, 0), new(CellKind.Elu, 1)])), Node("Affine Elu").Read().Nodes.Single().Op);
        StringAssert.Contains(Assert.ThrowsExactly<ImportException>(() => Node("Tanh Sine").Read()).Diagnostic.Text, "activation 'Sine' is unknown; Sigmoid, Tanh, ");
        StringAssert.Contains(Assert.ThrowsExactly<ImportException>(() => Node("Tanh").Read()).Diagnostic.Text, "1 activations for 2 direction(s)");
    }

    private sealed record Case(Recurrent Layer, Tensor?[] Inputs, Lie Lie);

    private static Gen<Case> Layers(Gen<CellFunction> functions, Gen<int> layouts, Gen<float> memories) =>
        from kind in Gen.Int[0, 2]
        let gates = (int[])[4, 3, 1]
        let each = (int[])[3, 2, 1]
        from steps in Gen.Int[1, 6]
        from batch in Gen.Int[1, 5]
        from depth in Gen.Int[1, 20]
        from hidden in Gen.Int[1, 40]
        from direction in Gen.Enum<Direction>()
        from layout in layouts
        let d = direction == Direction.Bidirectional ? 2 : 1
        from other in functions.Array[d * each[kind]]
        from usual in Gen.Bool
        from flag in Gen.Bool
        from clip in Gen.OneOf(float.PositiveInfinity, 0.8f)
        let state = Shape.Of(layout == 0 ? [d, batch, hidden] : new[] { batch, d, hidden })
        from x in Any.Floats(layout == 0 ? [steps, batch, depth] : [batch, steps, depth], -1, 1)
        from w in Any.Floats([d, gates[kind] * hidden, depth], -0.5f, 0.5f)
        from r in Any.Floats([d, gates[kind] * hidden, hidden], -0.3f, 0.3f)
        from b in Any.Floats([d, 2 * gates[kind] * hidden], -0.5f, 0.5f)
        from h in Any.Floats(state, -1, 1)
        from c in Any.Floats(state, -1, 1)
        from p in Any.Floats([d, 3 * hidden], -0.5f, 0.5f)
        from there in Gen.Bool.Array[4]
        from lie in Any.Lie
        from memory in memories
        let chosen = new EquatableArray<CellFunction>(usual ? Enumerable.Repeat((CellFunction[][])[LSTM.Usual, GRU.Usual, RNN.Usual], d).SelectMany(u => u[kind]) : other)
        select new Case(
            kind switch
            {
                0 => new LSTM(hidden, direction, chosen, clip, layout, flag, memory),
                1 => new GRU(hidden, direction, chosen, clip, layout, flag),
                _ => new RNN(hidden, direction, chosen, clip, layout),
            },
            [x, w, r, there[0] ? b : null, null, there[1] ? h : null, .. kind == 0 ? new[] { there[2] ? c : null, there[3] ? p : null } : []], lie);

    private static Tensor[] OnnxRuntime(Op op, Tensor?[] inputs)
    {
        var builder = new GraphBuilder("judge");
        string[] names = [.. inputs.Select((x, i) => x == null ? "" : i is 1 or 2 or 3 or 7 ? builder.AddConstant($"x{i}", x) : $"x{i}")];
        foreach (int i in Enumerable.Range(0, inputs.Length).Where(i => inputs[i] != null && i is 0 or 5 or 6 && names[i].Length > 0))
            builder.AddInput(names[i], inputs[i]!.Type);
        string[] outputs = [.. op.Infer([.. inputs.Select(i => i?.Type)]).Select((_, i) => $"y{i}")];
        builder.Add(new Node("node", op, new(names), new(outputs)));
        Graph graph = builder.Build(outputs);
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, OnnxWriter.Write(graph, "test"));
            using OnnxRuntimeModel? judge = OnnxRuntimeModel.TryOpen(file, out string why);
            if (judge == null)
                Assert.Inconclusive(why);
            return judge.Run([.. graph.Inputs.Select(i => (i, inputs[Array.IndexOf(names, i)]!))]);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
