namespace ModelBuild.Engine;

/// <summary>The simple recurrent layer: h = f(W·x + R·h + b). State: h.</summary>
internal sealed record RNN(int HiddenSize, Direction Direction, EquatableArray<CellFunction> Functions, float Clip = float.PositiveInfinity, int Layout = 0)
    : Recurrent(HiddenSize, Direction, Functions, Clip, Layout)
{
    public static readonly CellFunction[] Usual = [CellFunction.Tanh];

    protected override int Gates => 1;

    protected override int States => 1;

    protected override int FunctionsEach => 1;

    protected override int[] Order => [0];

    protected override void Step(double[] x, Func<int, double[], double[]> product, double[][] states, CellFunction[] functions, ReadOnlySpan<float> peepholes)
    {
        double[] h = states[0], sums = product(0, h);
        for (int k = 0; k < HiddenSize; k++)
            h[k] = functions[0].Apply(Clipped(x[k] + sums[k]));
    }

    protected override void Lower(Lowering lowering, Cells cells) =>
        lowering.Emit("RnnF32F32", [.. Common(cells), ("weights", lowering.Place(cells.Weights((0, 1)))), .. cells.Functions[0].Arguments("cell", CellFunction.Tanh)]);
}
