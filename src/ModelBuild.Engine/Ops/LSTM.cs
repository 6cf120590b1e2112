namespace ModelBuild.Engine;

/// <summary>
/// Long short-term memory: of the gates i, o, f and z (ONNX's order), and with peepholes P [D, 3·H] (of i, o, f), c = f·c + i·z and h = o·t(c). Functions: of the gates, of z, of c.
/// With <paramref name="InputForget"/> f = 1 − i. c stays within ±<paramref name="Memory"/>, which is TensorFlow's, not ONNX's. States: h, c.
/// </summary>
internal sealed record LSTM(int HiddenSize, Direction Direction, EquatableArray<CellFunction> Functions, float Clip = float.PositiveInfinity, int Layout = 0, bool InputForget = false, float Memory = float.PositiveInfinity)
    : Recurrent(HiddenSize, Direction, Functions, Clip, Layout)
{
    public static readonly CellFunction[] Usual = [CellFunction.Sigmoid, CellFunction.Tanh, CellFunction.Tanh];

    protected override int Gates => 4;

    protected override int States => 2;

    protected override int FunctionsEach => 3;

    protected override int[] Order => [0, 2, 1, 3];

    protected override void Step(double[] x, Func<int, double[], double[]> product, double[][] states, CellFunction[] functions, ReadOnlySpan<float> peepholes)
    {
        double[] h = states[0], c = states[1];
        double[][] sums = [.. Enumerable.Range(0, 4).Select(gate => product(gate, h))];
        for (int k = 0; k < HiddenSize; k++)
        {
            bool looks = !peepholes.IsEmpty;
            double before = c[k];
            double i = functions[0].Apply(Clipped(Sum(0, k) + (looks ? peepholes[k] * before : 0)));
            double f = InputForget ? 1 - i : functions[0].Apply(Clipped(Sum(2, k) + (looks ? peepholes[2 * HiddenSize + k] * before : 0)));
            c[k] = Math.Clamp(f * before + i * functions[1].Apply(Clipped(Sum(3, k))), -Memory, Memory);
            h[k] = functions[0].Apply(Clipped(Sum(1, k) + (looks ? peepholes[HiddenSize + k] * c[k] : 0))) * functions[2].Apply(c[k]);
        }

        double Sum(int gate, int k) => x[gate * HiddenSize + k] + sums[gate][k];
    }

    protected override void Lower(Lowering lowering, Cells cells)
    {
        View? peepholes = cells.Peepholes is { } p
            ? lowering.Place<float>([.. p.AsSpan(0, HiddenSize), .. p.AsSpan(2 * HiddenSize), .. p.AsSpan(HiddenSize, HiddenSize)]) : null;
        lowering.Emit("LstmF32F32", [.. Common(cells), ("weights", lowering.Place(cells.Weights((0, 4)))), ("peepholes", peepholes), ("c", cells.States[1]), ("cRow", cells.States[1].Strides[0]),
            .. InputForget ? new (string, object?)[] { ("coupled", 1) } : [], .. float.IsFinite(Memory) ? new (string, object?)[] { ("memory", Memory) } : [],
            .. cells.Functions[0].Arguments("gate", CellFunction.Sigmoid), .. cells.Functions[1].Arguments("cell", CellFunction.Tanh), .. cells.Functions[2].Arguments("output", CellFunction.Tanh)]);
    }
}
