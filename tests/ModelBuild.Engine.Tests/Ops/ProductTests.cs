using CsCheck;

namespace ModelBuild.Engine.Tests;

/// <summary>Convolutions, matrix products and windows: what kernels yield against what the operators mean.</summary>
[TestClass]
[TestCategory(InstructionSets.Kernels)]
public class ProductTests
{
    [TestMethod]
    public void Conv_AgreesWithItsMeaning_WhateverItsGeometry() => Convolutions(most: 40).Sample(c => OneNode.Agrees(c.Op, [c.X, c.W, c.B], [1, 2], c.ChannelsLast), iter: 300);

    [TestMethod]
    [DataRow(nameof(Numerics.Default), 4e-6)]
    [DataRow(nameof(Numerics.Fast), 4e-5)]
    public void Conv_AgreesWithItsMeaning_WhenFrequenciesAreMultiplied(string numerics, double error) =>
        (from channels in Gen.Int[16, 40]
         from outputs in Gen.Int[16, 70]
         from pads in Gen.Int[0, 2].Array[4]
         from height in Gen.Int[15, 20]
         from width in Gen.Int[15, 20]
         from images in Gen.Int[1, 2]
         from x in Any.Floats([images, channels, height, width])
         from w in Any.Floats([outputs, channels, 3, 3])
         from b in Any.Floats([outputs])
         from residual in Gen.Bool
         from threads in Gen.Int[1, 2]
         select (new Conv(new([3, 3]), new([1, 1]), new([1, 1]), new(pads)), x, w, b, residual, threads)).Sample(t =>
         {
             var (conv, x, w, b, residual, threads) = t;
             var builder = new GraphBuilder("conv");
             builder.AddInput("x", x.Type);
             string y = builder.Add("y", conv, "x", builder.AddConstant("w", w), builder.AddConstant("b", b));
             if (residual)
                 y = builder.Add("relu", new Relu(), builder.Add("sum", new Add(), y, builder.Add("other", new Conv(new([3, 3]), new([1, 1]), new([1, 1]), conv.Pads), "x", "w")));
             Graph graph = builder.Build([y]);
             Emitted emitted = Emitted.From(graph, PlanNames.None, numerics: Enum.Parse<Numerics>(numerics));
             Assert.Contains($"tile={(numerics == nameof(Numerics.Fast) ? 4 : 2)}", emitted.Text);
             using var runner = new PlanRunner(emitted.Plan, emitted.Weights, threads);
             Assert.IsLessThanOrEqualTo(error, Comparison.Error(runner.Run([x])[0], Reference.Run(graph, [x], default)[0]), $"{conv} of {x.Type}, {w.Type}");
         }, iter: 40);

    [TestMethod]
    public void Conv_IsTheSameToTheByte_WhenFrequenciesOfIntegersAreMultiplied()
    {
        var tiles = new HashSet<string>();
        (from channels in Gen.Int[16, 70]
         from outputs in Gen.Int[16, 70]
         from pads in Gen.Int[0, 2].Array[4]
         from height in Gen.Int[10, 19]
         from width in Gen.Int[10, 19]
         from images in Gen.Int[1, 2]
         from x in Any.Floats([images, channels, height, width])
         from w in Any.Floats([outputs, channels, 3, 3])
         from b in Any.Floats([outputs])
         from zero in Gen.Int[0, 255]
         from threads in Gen.Int[1, 2]
         select (x, w, b, pads, zero, threads)).Sample(t =>
         {
             var (x, w, b, pads, zero, threads) = t;
             // The same filters with a border of zeros are of a size that is summed directly.
             Tensor wide = new Pad(new([0, 0, 1, 1, 0, 0, 1, 1])).Evaluate([w])[0];
             Tensor[] outputs = [.. new[] { (w, 3, 0), (wide, 5, 1) }.Select(f =>
             {
                 var (filters, side, more) = f;
                 var builder = new GraphBuilder("conv");
                 builder.AddInput("x", x.Type);
                 string y = builder.Add("y", new Conv(new([side, side]), new([1, 1]), new([1, 1]), new(pads.Select(p => p + more))), "x", builder.AddConstant("w", filters), builder.AddConstant("b", b));
                 Graph graph = builder.Build([y]);
                 float largest = 4 * MathF.Sqrt(x.Shape[1] * 9) * 8;
                 var points = new Dictionary<string, Quantization> { ["x"] = new(new([16 / 255f]), new([zero]), ElementType.UInt8), [y] = new(new([largest / 128]), new([131]), ElementType.UInt8) };
                 Emitted emitted = Emitted.From(new Int8Rewriter(graph, graph.Nodes, points).Run(), PlanNames.None);
                 Assert.Contains(side == 3 ? "WinogradU8S8" : "ConvU8S8", emitted.Text);
                 if (side == 3)
                     tiles.Add(emitted.Plan.Calls.Single(c => c.Kernel == "WinogradU8S8").Arguments.Single(a => a.Name == "tile").Value);
                 using var runner = new PlanRunner(emitted.Plan, emitted.Weights, threads);
                 return runner.Run([x])[0];
             })];
             CollectionAssert.AreEqual(outputs[1].Bytes.ToArray(), outputs[0].Bytes.ToArray());
         }, iter: 60, threads: 1);
        CollectionAssert.AreEquivalent(new[] { "2", "4" }, tiles.ToArray());
    }

    [TestMethod]
    public void Conv_AgreesWithItsMeaning_WhenQuantized() => Convolutions(most: 70).Sample(c =>
    {
        var builder = new GraphBuilder("conv");
        builder.AddInput("x", c.X.Type);
        builder.AddConstant("w", c.W);
        builder.AddConstant("b", c.B);
        AgreesWhenQuantized(builder, new Node("y", c.Op, new(["x", "w", "b"]), new(["y"])), c.X);
    }, iter: 150);

    [TestMethod]
    public void MatMul_AgreesWithItsMeaning_WhetherWeightsAreConstantOrNot() =>
        (from rows in Gen.Int[1, 20]
         from depth in Gen.Int[1, 70]
         from columns in Gen.Int[1, 70]
         from x in Any.Floats([rows, depth])
         from w in Any.Floats([depth, columns])
         from constant in Gen.Bool
         select (x, w, constant)).Sample(t => OneNode.Agrees(new MatMul(), [t.x, t.w], t.constant ? [1] : []), iter: 200);

    [TestMethod]
    public void MatMul_AgreesWithItsMeaning_WhenLeadingAxesBroadcast() =>
        (from batch in Gen.Int[1, 4]
         from heads in Gen.Int[1, 4]
         from rows in Gen.Int[1, 10]
         from depth in Gen.Int[1, 20]
         from columns in Gen.Int[1, 40]
         from one in Gen.Bool
         from x in Any.Floats([batch, heads, rows, depth])
         from w in Any.Floats([one ? 1 : batch, heads, depth, columns])
         from lie in Any.Lie
         select (x, w, lie)).Sample(t => OneNode.Agrees(new MatMul(), [t.x, t.w], lie: t.lie), iter: 150);

    [TestMethod]
    public void Gemm_ReadsChannelsAsTheyLie_WhenTheyAreFlattened() =>
        (from images in Gen.Int[1, 3]
         from channels in Gen.Int[2, 20]
         from height in Gen.Int[1, 4]
         from width in Gen.Int[2, 4]
         from columns in Gen.Int[1, 40]
         from transposed in Gen.Bool
         let depth = channels * height * width
         from x in Any.Floats([images, channels, height, width])
         from b in Any.Floats(transposed ? [columns, depth] : [depth, columns])
         select (x, b, transposed)).Sample(t =>
         {
             var (x, b, transposed) = t;
             var builder = new GraphBuilder("flattened");
             builder.AddInput("x", x.Type);
             string pixels = builder.Add("pool", new MaxPool(new([1, 1]), new([1, 1]), new([1, 1]), new([0, 0, 0, 0])), "x");
             string rows = builder.Add("flat", new Flatten(), pixels), y = builder.Add("y", new Gemm(TransB: transposed), rows, builder.AddConstant("b", b));
             Graph graph = builder.Build([y]);
             Tensor[] expected = Reference.Run(graph, [x], default);
             Emitted emitted = Emitted.From(graph, PlanNames.None);
             Assert.DoesNotContain("Copy4", emitted.Text);
             using (var runner = new PlanRunner(emitted.Plan, emitted.Weights))
                 Assert.IsLessThanOrEqualTo(4e-6, Comparison.Error(runner.Run([x])[0], expected[0]));

             Quantization Within(float largest) => new(new([2 * largest / 255]), new([128]), ElementType.UInt8);
             var points = new Dictionary<string, Quantization> { ["x"] = Within(8), [pixels] = Within(8), [rows] = Within(8), [y] = Within(expected[0].F32.ToArray().Max(MathF.Abs) + 1e-3f) };
             Graph quantized = new Int8Rewriter(graph, graph.Nodes, points).Run();
             Emitted integers = Emitted.From(quantized, PlanNames.None);
             Assert.IsEmpty(integers.Plan.Calls.Where(c => c.Kernel == "Copy1" && !c.Comment.StartsWith("pool:", StringComparison.Ordinal)));
             using var second = new PlanRunner(integers.Plan, integers.Weights);
             // One step, where sums in int32 and in double precision fall on two sides of a half.
             Assert.IsLessThanOrEqualTo(0.02, Comparison.Error(second.Run([x])[0], Reference.Run(quantized, [x], default)[0]));
         }, iter: 100);

    [TestMethod]
    public void MatMul_AgreesWithItsMeaning_WhenQuantized() =>
        (from rows in Gen.Int[1, 12]
         from depth in Gen.Int[1, 70]
         from columns in Gen.Int[1, 70]
         from x in Any.Floats([rows, depth])
         from w in Any.Floats([depth, columns])
         select (x, w)).Sample(t =>
         {
             var builder = new GraphBuilder("matmul");
             builder.AddInput("x", t.x.Type);
             builder.AddConstant("w", t.w);
             AgreesWhenQuantized(builder, new Node("y", new MatMul(), new(["x", "w"]), new(["y"])), t.x);
         }, iter: 150);

    [TestMethod]
    public void Pool_AgreesWithItsMeaning_WhateverItsGeometry() => Pools().Sample(p =>
    {
        OneNode.Agrees(p.Op, [p.X], channelsLast: p.ChannelsLast, outputs: 1);
        OneNode.Agrees(p.Op, [p.X], channelsLast: p.ChannelsLast);
    }, iter: 300);

    [TestMethod]
    public void Pool_AgreesWithItsMeaning_WhenQuantized() => Pools().Sample(p =>
    {
        var builder = new GraphBuilder("pool");
        builder.AddInput("x", p.X.Type);
        AgreesWhenQuantized(builder, new Node("y", p.Op, new(["x"]), new(["y"])), p.X);
    }, iter: 150);

    private static Gen<(Conv Op, Tensor X, Tensor W, Tensor B, bool ChannelsLast)> Convolutions(int most) =>
        from groups in Gen.Int[1, 3]
        from depthwise in Gen.Bool
        from inputs in Gen.Int[1, depthwise ? 1 : 9]
        from outputs in Gen.Int[1, depthwise ? 1 : most]
        from channels in Gen.Int[2, most]
        let g = depthwise ? channels : groups
        from kernel in Gen.Int[1, 3].Array[2]
        from strides in Gen.Int[1, 2].Array[2]
        from dilations in Gen.Int[1, 2].Array[2]
        from pads in Gen.Int[0, 2].Array[4]
        from size in Gen.Int[5, 11].Array[2]
        from images in Gen.Int[1, 2]
        from x in Any.Floats([images, g * inputs, size[0], size[1]])
        from w in Any.Floats([g * outputs, inputs, kernel[0], kernel[1]])
        from b in Any.Floats([g * outputs])
        from channelsLast in Gen.Bool
        select (new Conv(new(kernel), new(strides), new(dilations), new(pads), g), x, w, b, channelsLast);

    private static Gen<(Op Op, Tensor X, bool ChannelsLast)> Pools() =>
        from channels in Gen.Int[1, 70]
        from size in Gen.Int[4, 9].Array[2]
        from kernel in Gen.Int[2, 3].Array[2]
        from strides in Gen.Int[1, 2].Array[2]
        from pads in Gen.Int[0, 1].Array[4]
        from x in Any.Floats([1, channels, size[0], size[1]])
        from average in Gen.Bool
        from channelsLast in Gen.Bool
        select ((Op)(average ? new AveragePool(new(kernel), new(strides), new([1, 1]), new(pads)) : new MaxPool(new(kernel), new(strides), new([1, 1]), new(pads))), x, channelsLast);

    /// <summary>The node between quantization of its input and of its output runs as integers; sums in int32 and in double precision may fall on two sides of a half.</summary>
    private static void AgreesWhenQuantized(GraphBuilder builder, Node node, Tensor x)
    {
        builder.Add(node);
        Graph graph = builder.Build(["y"]);
        float largest = Reference.Run(graph, [x], default)[0].F32.ToArray().Max(MathF.Abs);
        var points = new Dictionary<string, Quantization>
        {
            ["x"] = new(new([16 / 255f]), new([120]), ElementType.UInt8),
            ["y"] = node.Op.KeepsScale ? new(new([16 / 255f]), new([120]), ElementType.UInt8) : new(new([largest / 100 + 1e-3f]), new([131]), ElementType.UInt8),
        };
        Graph quantized = new Int8Rewriter(graph, graph.Nodes, points).Run();
        Emitted emitted = Emitted.From(quantized, PlanNames.None);
        Assert.DoesNotContain("F32F32", emitted.Text);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        ReadOnlySpan<float> expected = Reference.Run(quantized, [x], default)[0].F32, got = runner.Run([x])[0].F32;
        for (int i = 0; i < expected.Length; i++)
            Assert.IsLessThanOrEqualTo(1.01f * points["y"].Scale, MathF.Abs(expected[i] - got[i]), $"{node.Op} of {x.Type}, element {i}: {got[i]} where {expected[i]} is expected");
    }
}
