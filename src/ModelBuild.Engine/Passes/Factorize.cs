using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.InteropServices;
using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <remarks>
/// W ≈ A·B of rank r loses least of what the layer gives, E|W·x − A·B·x|², where A has the r principal axes of the outputs and B = Aᵀ·W: the singular vectors of W·C½, C the
/// inputs' second moments, are the eigenvectors of W·C·Wᵀ, the outputs' own (Zhang et al. 2016). A and the biases are then
/// solved for on the inputs that the layer will get.
/// </remarks>
[Description("makes two cheaper layers of a dense one, by singular values of what it gives on calibration data: the kernel to a few channels, and a 1×1 convolution or a matrix from these; only where that saves bytes and multiplications, the report says what and where not; weights under 2,048 values are left alone unless only: names them")]
internal sealed record Factorize(
    [Description("the channels between the two"), Range(1, int.MaxValue)] int? Rank = null,
    [Description("instead: as few channels as keep this share of the outputs' variance"), Range(0.0, 1.0)] double? Energy = null) : Pass
{
    /// <summary>How much the weights themselves count, as a share of what inputs make of them: axes that calibration data says little of.</summary>
    private const double Damping = 0.01;

    public override string? Conflict => Rank == null == (Energy == null) ? "one of 'rank' and 'energy' is needed: the channels between the two layers, or the share of the variance that they keep" : null;

    public override bool NeedsCalibration => true;

    public override bool Applies(Graph graph, Node node) =>
        node.Op.Mix() != null && LayerSolver.Product(graph, node) is { Groups: 1 } product && LowBits.HasOwnWeights(graph, node) && (!product.TakesBias || LowBits.CanHaveBias(graph, node));

    public override Graph Apply(Graph graph, PassContext context)
    {
        Node[] layers = [.. graph.Nodes.Where(n => Applies(graph, n) && Nodes.Selects(n) && (graph.Constant(n.Inputs[1])!.Shape.Size >= WeightTensors.Small || Nodes.Names(n)))];
        var solver = new LayerSolver([.. context.Samples], 0, 1, context.Cancellation);
        Graph present = graph;
        foreach (Node node in layers)
        {
            context.Progress(node.Name);
            present = Factorized(graph, present, node, solver, context);
        }
        return present;
    }

    private Graph Factorized(Graph graph, Graph present, Node node, LayerSolver solver, PassContext context)
    {
        PatchProduct product = LayerSolver.Product(graph, node)!;
        float[] weights = Rows(graph.Constant(node.Inputs[1])!, product);
        PrincipalAxes axes = PrincipalAxes.Of(Moments(weights, node, graph, product, solver), product.Rows, context.Cancellation);
        int rank = Math.Min(Rank ?? axes.Values.Length, axes.Values.Length);
        double all = axes.Values.Sum(), kept = 0;
        for (int i = 0; i < rank; i++)
        {
            kept += axes.Values[i];
            if (kept >= Energy * all)
                rank = i + 1;
        }
        if (rank == 0)
            return present;

        var (found, second) = Split(present, node, product, weights, axes, rank);
        long macs = (long)product.Rows * product.Depth * product.Patches, fewer = (long)rank * (product.Rows + product.Depth) * product.Patches;
        int bytes = Stored(present, node), less = found.Nodes.Where(n => n.Outputs[0] == node.Outputs[0] || n.Outputs[0] == second.Inputs[0]).Sum(n => Stored(found, n));
        bool saves = fewer < macs && less < bytes;
        context.Note(string.Create(CultureInfo.InvariantCulture,
            $"factorize: {node.Name}: rank {rank} of {product.Rows} keeps {kept / all:0.0 %} of the variance; {bytes:N0} bytes → {less:N0}, {macs:N0} multiplications → {fewer:N0}{(saves ? "" : ": the layer stays")}"));
        if (!saves)
            return present;
        SolvedLayer solved = solver.Solve(second, found, found, second.Inputs[0], found.Constant(second.Inputs[1])!, (_, _) => [LevelSet.Any], s => s, product.TakesBias, new(graph, node.Outputs[0]));
        return LowBits.With(found, second, solved, b => b);
    }

    /// <summary>Weights as [row][k].</summary>
    private static float[] Rows(Tensor weights, PatchProduct product) =>
        [.. Enumerable.Range(0, product.Rows * product.Depth).Select(i => weights.F32[product.Weight(0, i / product.Depth, i % product.Depth)])];

    /// <summary>The outputs' second moments, and a little of the weights' own.</summary>
    private static float[] Moments(float[] weights, Node node, Graph graph, PatchProduct product, LayerSolver solver)
    {
        float[] moments = solver.OutputMoments(node, graph, product), own = new float[moments.Length];
        double trace = 0, ownTrace = 0;
        for (int i = 0; i < product.Rows; i++)
        {
            for (int j = 0; j <= i; j++)
                own[i * product.Rows + j] = own[j * product.Rows + i] = Lanes.Dot(weights.AsSpan(i * product.Depth, product.Depth), weights.AsSpan(j * product.Depth, product.Depth));
            trace += moments[i * product.Rows + i];
            ownTrace += own[i * product.Rows + i];
        }
        float share = ownTrace > 0 ? (float)(trace > 0 ? Damping * trace / ownTrace : 1) : 0;
        for (int i = 0; i < moments.Length; i++)
            moments[i] += share * own[i];
        return moments;
    }

    /// <summary>The graph with two layers for the one; the second one has its name and its biases.</summary>
    private static (Graph, Node Second) Split(Graph graph, Node node, PatchProduct product, float[] weights, PrincipalAxes axes, int rank)
    {
        TensorType input = graph.Types[node.Inputs[0]], w = graph.Constant(node.Inputs[1])!.Type, output = graph.Types[node.Outputs[0]];
        int outputs = node.Op.WeightsAxis!.Value;
        TensorType between = output with { Shape = output.Shape.With(product.Axis(output.Shape.Rank), rank) };
        TensorType few = w with { Shape = w.Shape.With(outputs, rank) };
        TensorType mixing = w with { Shape = Shape.Of(w.Shape.Select((length, axis) => axis > 1 ? 1 : axis == outputs ? length : rank)) };

        var projected = new double[rank * product.Depth];
        for (int r = 0; r < rank; r++)
        for (int row = 0; row < product.Rows; row++)
        for (int k = 0; k < product.Depth; k++)
            projected[r * product.Depth + k] += axes.Axes[r][row] * weights[row * product.Depth + k];

        var rewrite = new Rewrite(graph);
        Node old = rewrite.Nodes.First(n => n.Outputs[0] == node.Outputs[0]);
        string first = rewrite.AddConstant($"{node.Inputs[1]}.first", Placed(few, node.Op.AsPatches(input, few, between)!, (r, k) => projected[r * product.Depth + k]));
        string second = rewrite.AddConstant(node.Inputs[1], Placed(mixing, node.Op.Mix()!.AsPatches(between, mixing, output)!, (row, r) => axes.Axes[r][row]));
        string middle = rewrite.Before(old, new Node($"{node.Name}.first", node.Op, new([old.Inputs[0], first]), new([$"{node.Outputs[0]}.first"])));
        Node mixed = old with { Op = node.Op.Mix()!, Inputs = new([middle, second, .. old.Inputs.Skip(2)]) };
        rewrite.Replace(old, mixed);
        return (rewrite.ToGraph(), mixed);
    }

    private static Tensor Placed(TensorType type, PatchProduct product, Func<int, int, double> value)
    {
        var values = new float[type.Shape.Size];
        for (int row = 0; row < product.Rows; row++)
        {
            for (int k = 0; k < product.Depth; k++)
                values[product.Weight(0, row, k)] = (float)value(row, k);
        }
        return Tensor.Of(type.Shape, values);
    }

    /// <summary>The bytes in which a layer's weights would be stored.</summary>
    private static int Stored(Graph graph, Node node)
    {
        PatchProduct product = LayerSolver.Product(graph, node)!;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(Rows(graph.Constant(node.Inputs[1])!, product).AsSpan());
        return StoredForm.Smallest(bytes, sizeof(float), new PanelLayout(product.Rows, product.Depth, 1))?.Packed.Length ?? bytes.Length;
    }
}
