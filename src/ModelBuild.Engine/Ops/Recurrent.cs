namespace ModelBuild.Engine;

/// <summary>In which order a recurrent layer goes through its steps; both ways it is two layers, whose outputs lie side by side.</summary>
internal enum Direction { Forward, Reverse, Bidirectional }

/// <summary>
/// A layer with a memory, over a fixed number of steps. float32, with D directions, G gates and H = <paramref name="HiddenSize"/>: x [steps, batch, I], W [D, G·H, I], R [D, G·H, H],
/// B [D, 2·G·H], (lengths: always absent, as all steps count,) first states [D, batch, H] → Y [steps, D, batch, H], last states [D, batch, H]. With <paramref name="Layout"/> 1
/// the batch is the first axis of x, Y and states. <paramref name="Functions"/>: those of each direction, one direction after the other.
/// What functions see is clipped to ±<paramref name="Clip"/>.
/// </summary>
internal abstract record Recurrent(int HiddenSize, Direction Direction, EquatableArray<CellFunction> Functions, float Clip, int Layout) : Op
{
    protected const int Lengths = 4, FirstState = 5;

    protected abstract int Gates { get; }

    /// <summary>States that go from step to step: the output, and what else is remembered.</summary>
    protected abstract int States { get; }

    /// <summary>Functions of a direction.</summary>
    protected abstract int FunctionsEach { get; }

    /// <summary>ONNX's gate for each gate of the kernel.</summary>
    protected abstract int[] Order { get; }

    protected int Directions => Direction == Direction.Bidirectional ? 2 : 1;

    public override Ints Weights => new([1, 2]);

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        TensorType x = Need(inputs[0], ElementType.Float32);
        int rows = Gates * HiddenSize;
        if (x.Shape is not [> 0, > 0, _] || HiddenSize < 1 || Functions.Count != Directions * FunctionsEach)
            throw new OperatorException($"input {x.Shape}, hidden_size {HiddenSize} and {Functions.Count} functions for {Directions} direction(s)");
        var (steps, batch) = Layout == 0 ? (x.Shape[0], x.Shape[1]) : (x.Shape[1], x.Shape[0]);
        Shape state = Layout == 0 ? [Directions, batch, HiddenSize] : [batch, Directions, HiddenSize];
        Check(1, "W", [Directions, rows, x.Shape[2]], optional: false);
        Check(2, "R", [Directions, rows, HiddenSize], optional: false);
        Check(3, "B", [Directions, 2 * rows]);
        if (inputs.Length > Lengths && inputs[Lengths] != null)
            throw new OperatorException("lengths of sequences are not supported: all steps count");
        for (int i = 0; i < States; i++)
            Check(FirstState + i, "a first state", state);
        if (inputs.Length > FirstState + States)
            Check(FirstState + States, "P", [Directions, 3 * HiddenSize]);
        Shape y = Layout == 0 ? [steps, Directions, batch, HiddenSize] : [batch, steps, Directions, HiddenSize];
        return [x with { Shape = y }, .. Enumerable.Repeat(x with { Shape = state }, States)];

        void Check(int input, string name, Shape shape, bool optional = true)
        {
            if (input >= inputs.Length || inputs[input] == null)
            {
                if (!optional)
                    throw new OperatorException($"{name} is missing");
            }
            else if (Need(inputs[input], ElementType.Float32).Shape != shape)
                throw new OperatorException($"{name} is {inputs[input]!.Shape}, not {shape}");
        }
    }

    /// <summary>
    /// One step of one sample: <paramref name="x"/> is what the inputs contribute to each gate, ONNX's order; <paramref name="product"/>, of a gate and a state, what that contributes; states change.
    /// </summary>
    protected abstract void Step(double[] x, Func<int, double[], double[]> product, double[][] states, CellFunction[] functions, ReadOnlySpan<float> peepholes);

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        TensorType[] types = Infer([.. inputs.Select(i => i?.Type)]);
        Tensor x = inputs[0]!, w = inputs[1]!, r = inputs[2]!;
        int steps = x.Shape[Layout], batch = x.Shape[1 - Layout], depth = x.Shape[2], hidden = HiddenSize, rows = Gates * hidden;
        float[][] results = [.. types.Select(t => new float[t.Shape.Size])];
        for (int d = 0; d < Directions; d++)
        for (int n = 0; n < batch; n++)
        {
            CellFunction[] functions = [.. Functions.Skip(d * FunctionsEach).Take(FunctionsEach)];
            int state = (Layout == 0 ? d * batch + n : n * Directions + d) * hidden;
            double[][] states = [.. Enumerable.Range(0, States).Select(s => Input(FirstState + s) is { } first ? Doubles(first, state, hidden) : new double[hidden])];
            double[] bias = Input(3) is { } b ? Doubles(b, d * 2 * rows, 2 * rows) : new double[2 * rows];
            ReadOnlySpan<float> peepholes = Input(FirstState + States) is { } p ? p.F32.Slice(d * 3 * hidden, 3 * hidden) : default;
            for (int i = 0; i < steps; i++)
            {
                int step = Direction == Direction.Reverse || d == 1 ? steps - 1 - i : i, at = Layout == 0 ? step * batch + n : n * steps + step;
                double[] sample = Doubles(x, at * depth, depth);
                double[] contributed = [.. Enumerable.Range(0, rows).Select(row => Dot(w, (d * rows + row) * depth, sample) + bias[row])];
                Step(contributed, (gate, value) => [.. Enumerable.Range(gate * hidden, hidden).Select(row => Dot(r, (d * rows + row) * hidden, value) + bias[rows + row])], states, functions, peepholes);
                for (int k = 0; k < hidden; k++)
                    results[0][(Layout == 0 ? ((step * Directions + d) * batch + n) : ((n * steps + step) * Directions + d)) * hidden + k] = (float)states[0][k];
            }
            for (int s = 0; s < States; s++)
            {
                for (int k = 0; k < hidden; k++)
                    results[1 + s][state + k] = (float)states[s][k];
            }
        }
        return [.. types.Select((type, i) => Tensor.Of(type.Shape, results[i]))];

        Tensor? Input(int input) => input < inputs.Length ? inputs[input] : null;

        static double[] Doubles(Tensor tensor, int from, int count) => [.. tensor.F32.Slice(from, count).ToArray().Select(v => (double)v)];

        static double Dot(Tensor matrix, int from, double[] vector)
        {
            ReadOnlySpan<float> row = matrix.F32.Slice(from, vector.Length);
            double sum = 0;
            for (int k = 0; k < vector.Length; k++)
                sum += row[k] * vector[k];
            return sum;
        }
    }

    protected double Clipped(double x) => float.IsFinite(Clip) ? Math.Clamp(x, -Clip, Clip) : x;

    /// <summary>The kernel calls of one direction: <paramref name="cells"/> says where everything lies.</summary>
    protected abstract void Lower(Lowering lowering, Cells cells);

    // What inputs contribute is one product for all steps and directions.
    public override void Lower(Lowering lowering, Node node)
    {
        View x = lowering.Read(node.Inputs[0], ModelBuild.Engine.Layout.RowMajor);
        Tensor w = Constant(1)!, r = Constant(2)!;
        int hidden = HiddenSize, rows = Gates * hidden, depth = x.Shape[2], steps = x.Shape[Layout], batch = x.Shape[1 - Layout], columns = Directions * rows;
        View gates = lowering.Allocate(new(ElementType.Float32, [x.Shape[0], x.Shape[1], columns]), ModelBuild.Engine.Layout.RowMajor);
        float[]? b = Constant(3)?.F32.ToArray();
        int[] order = [.. Enumerable.Range(0, Directions).SelectMany(d => Order.SelectMany(gate => Enumerable.Range((d * Gates + gate) * hidden, hidden)))];
        View? bias = b == null ? null : lowering.Place<float>([.. order.Select(row => b[row / rows * 2 * rows + row % rows] + (AddsBias(row % rows / hidden) ? b[row / rows * 2 * rows + rows + row % rows] : 0))]);
        lowering.Emit("MatMulF32F32", ("x", x), ("weights", lowering.Place(Panels.Pack(Rows(w.F32, order, depth), depth, columns, transposed: true))), ("bias", bias), ("residual", null), ("y", gates),
            ("rows", steps * batch), ("depth", depth), ("columns", columns), ("xRow", depth), ("weightsRow", 0), ("yRow", columns), ("residualRow", columns), ("lo", float.NegativeInfinity), ("hi", float.PositiveInfinity));

        View? y = Output(0) is { } output ? lowering.Write(output, ModelBuild.Engine.Layout.RowMajor) : null;
        View[] states = [.. Enumerable.Range(0, States).Select(s => Output(1 + s) is { } last
            ? lowering.Write(last, ModelBuild.Engine.Layout.RowMajor)
            : lowering.Allocate(new(ElementType.Float32, Layout == 0 ? [Directions, batch, hidden] : [batch, Directions, hidden]), ModelBuild.Engine.Layout.RowMajor))];
        for (int s = 0; s < States; s++)
        {
            if (Has(FirstState + s))
                lowering.Copy(lowering.Read(node.Inputs[FirstState + s]), states[s]);
            else
                lowering.Emit("Fill4", ("y", states[s]), ("shape", new Ints([states[s].Shape.Size])), ("yStrides", new Ints([1])), ("value", 0));
        }
        for (int d = 0; d < Directions; d++)
        {
            bool backwards = Direction == Direction.Reverse || d == 1;
            int gate = d * rows;
            Lower(lowering, new(
                StepsFirst(gates.Slice(2, d * rows, rows), backwards), y == null ? null : StepsFirst(y.At(Layout == 0 ? 1 : 2, d), backwards), [.. states.Select(s => s.At(Layout, d))],
                columnsOf => Panels.Pack(Rows(r.F32, order[(gate + columnsOf.Start * hidden)..(gate + (columnsOf.Start + columnsOf.Count) * hidden)], hidden), hidden, columnsOf.Count * hidden, transposed: true),
                b == null ? null : [.. order[gate..(gate + rows)].Select(row => b[row / rows * 2 * rows + rows + row % rows])],
                Constant(FirstState + States) is { } p ? [.. p.F32.Slice(d * 3 * hidden, 3 * hidden)] : null,
                [.. Functions.Skip(d * FunctionsEach).Take(FunctionsEach)]));
        }

        View StepsFirst(View view, bool backwards)
        {
            View first = Layout == 0 ? view : view.Permute(new([1, 0, 2]));
            return backwards ? first.Slice(0, steps - 1, steps, -1) : first;
        }

        bool Has(int input) => node.Inputs.Count > input && node.Inputs[input].Length > 0;
        Tensor? Constant(int input) => !Has(input) ? null : lowering.ConstantNumbers(node.Inputs[input]) ?? throw new OperatorException("W, R, B and P must be constant");
        string? Output(int output) => node.Outputs.Count > output && lowering.IsRead(node.Outputs[output]) ? node.Outputs[output] : null;
    }

    /// <summary>Whether the bias of the product with the state, of a gate of ONNX's, may be added to the other one.</summary>
    protected virtual bool AddsBias(int gate) => true;

    /// <summary>The arguments that all kernels of these layers have.</summary>
    protected IEnumerable<(string, object?)> Common(Cells cells)
    {
        View gates = cells.Gates, h = cells.States[0];
        yield return ("gates", gates);
        yield return ("h", h);
        yield return ("y", cells.Y);
        yield return ("steps", gates.Shape[0]);
        yield return ("batch", gates.Shape[1]);
        yield return ("hidden", HiddenSize);
        yield return ("gatesStep", gates.Strides[0]);
        yield return ("gatesRow", gates.Strides[1]);
        yield return ("hRow", h.Strides[0]);
        yield return ("yStep", cells.Y?.Strides[0] ?? 0);
        yield return ("yRow", cells.Y?.Strides[1] ?? 0);
        if (float.IsFinite(Clip))
            yield return ("clip", Clip);
    }

    private static float[] Rows(ReadOnlySpan<float> matrix, int[] rows, int length)
    {
        var picked = new float[rows.Length * length];
        for (int i = 0; i < rows.Length; i++)
            matrix.Slice(rows[i] * length, length).CopyTo(picked.AsSpan(i * length));
        return picked;
    }

    /// <summary>
    /// One direction: <paramref name="Gates"/> [steps, batch, G·H] and <paramref name="Y"/> [steps, batch, H] in the order of the steps, <paramref name="States"/> [batch, H], the weights of
    /// some of the kernel's gates, the biases of the products with the state, peepholes [3·H], functions.
    /// </summary>
    protected sealed record Cells(View Gates, View? Y, View[] States, Func<(int Start, int Count), PanelWeights> Weights, float[]? Bias, float[]? Peepholes, CellFunction[] Functions);
}
