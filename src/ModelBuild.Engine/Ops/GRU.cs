namespace ModelBuild.Engine;

/// <summary>
/// Gated recurrent unit: of the gates z, r and n, h = (1 − z)·n + z·h. Functions: of the gates, of n. n sees R·(r·h) + b, or with <paramref name="LinearBeforeReset"/> r·(R·h + b). State: h.
/// </summary>
internal sealed record GRU(int HiddenSize, Direction Direction, EquatableArray<CellFunction> Functions, float Clip = float.PositiveInfinity, int Layout = 0, bool LinearBeforeReset = false)
    : Recurrent(HiddenSize, Direction, Functions, Clip, Layout)
{
    public static readonly CellFunction[] Usual = [CellFunction.Sigmoid, CellFunction.Tanh];

    protected override int Gates => 3;

    protected override int States => 1;

    protected override int FunctionsEach => 2;

    protected override int[] Order => [0, 1, 2];

    protected override bool AddsBias(int gate) => gate < 2 || !LinearBeforeReset;

    protected override void Step(double[] x, Func<int, double[], double[]> product, double[][] states, CellFunction[] functions, ReadOnlySpan<float> peepholes)
    {
        double[] h = states[0], z = Gate(0), r = Gate(1);
        double[] sums = LinearBeforeReset ? [.. product(2, h).Zip(r, (s, f) => s * f)] : product(2, [.. h.Zip(r, (s, f) => s * f)]);
        for (int k = 0; k < HiddenSize; k++)
            h[k] = (1 - z[k]) * functions[1].Apply(Clipped(x[2 * HiddenSize + k] + sums[k])) + z[k] * h[k];

        double[] Gate(int gate) => [.. product(gate, h).Select((s, k) => functions[0].Apply(Clipped(x[gate * HiddenSize + k] + s)))];
    }

    protected override void Lower(Lowering lowering, Cells cells)
    {
        View? bias = LinearBeforeReset && cells.Bias is { } b ? lowering.Place<float>(b.AsSpan(2 * HiddenSize)) : null;
        View room = lowering.Allocate(new(ElementType.Float32, [cells.Gates.Shape[1], HiddenSize]), ModelBuild.Engine.Layout.RowMajor);
        lowering.Emit("GruF32F32", [.. Common(cells), ("weights", lowering.Place(cells.Weights((0, 2)))), ("newWeights", lowering.Place(cells.Weights((2, 1)))), ("bias", bias), ("room", room),
            .. LinearBeforeReset ? new (string, object?)[] { ("after", 1) } : [],
            .. cells.Functions[0].Arguments("gate", CellFunction.Sigmoid), .. cells.Functions[1].Arguments("cell", CellFunction.Tanh)]);
    }
}
