namespace ModelBuild.Engine;

/// <summary>α·A′·B′ + β·C: A [M, K] (or its transpose), B [K, N] constant (or its transpose), C constant and broadcast to [M, N]. float32.</summary>
internal sealed record Gemm(float Alpha = 1, float Beta = 1, bool TransA = false, bool TransB = false) : Op
{
    public override bool HasIntegerKernel => Alpha == 1 && Beta == 1 && !TransA;

    public override bool MultipliesRows => !TransA;

    public override int? WeightsAxis => TransB ? 0 : 1;

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        Shape a = Need(inputs[0], ElementType.Float32).Shape, b = Need(inputs[1], ElementType.Float32).Shape;
        if (a.Rank != 2 || b.Rank != 2 || a[TransA ? 0 : 1] != b[TransB ? 1 : 0])
            throw new OperatorException($"the matrices {a}{(TransA ? "ᵀ" : "")} and {b}{(TransB ? "ᵀ" : "")} don't multiply");
        Shape y = [a[TransA ? 1 : 0], b[TransB ? 0 : 1]];
        if (inputs.Length > 2 && inputs[2] != null && Shape.Broadcast(Need(inputs[2], ElementType.Float32).Shape, y) != y)
            throw new OperatorException($"C {inputs[2]!.Shape} does not broadcast to {y}");
        return [inputs[0]! with { Shape = y }];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor a = inputs[0]!, b = inputs[1]!;
        Tensor? c = inputs.Length > 2 ? inputs[2] : null;
        Shape y = Infer([a.Type, b.Type, c?.Type])[0].Shape;
        int depth = a.Shape[TransA ? 0 : 1];
        ReadOnlySpan<float> x = a.F32, w = b.F32;
        int[]? at = c == null ? null : Binary.Indices(c.Shape, y);
        var result = new float[y.Size];
        for (int m = 0; m < y[0]; m++)
        for (int n = 0; n < y[1]; n++)
        {
            double sum = 0;
            for (int k = 0; k < depth; k++)
                sum += (double)x[TransA ? k * y[0] + m : m * depth + k] * w[TransB ? n * depth + k : k * y[1] + n];
            result[m * y[1] + n] = (float)(Alpha * sum + (c == null ? 0 : (double)Beta * c.F32[at![m * y[1] + n]]));
        }
        return [Tensor.Of<float>(y, result)];
    }

    public override Ints Weights => new([1]);

    public override Op? Mix() => Alpha == 1 && Beta == 1 && !TransA ? this : null;

    public override PatchProduct? AsPatches(TensorType input, TensorType weights, TensorType output) =>
        Alpha == 1 && Beta == 1 && !TransA ? new MatrixPatches(input.Shape[0], output.Shape[1], input.Shape[1], TransB, Biased: true) : null;

    public override Tensor?[]? WithAffine(Affine affine, Tensor?[] constants)
    {
        if (constants[1] is not { } b || (constants.Length > 2 && constants[2] == null) || Alpha == 0 || Beta == 0)
            return null;
        int columns = b.Shape[TransB ? 0 : 1], depth = b.Shape[TransB ? 1 : 0];
        float[] weights = [.. b.F32];
        for (int i = 0; i < weights.Length; i++)
            weights[i] *= affine.Scale?[TransB ? i / depth : i % columns] ?? 1;
        Tensor? c = constants.Length > 2 ? constants[2] : null;
        Shape shape = c is { Shape.Rank: 2 } && c.Shape[0] > 1 ? [c.Shape[0], columns] : [columns];
        int[] at = c == null ? [] : Binary.Indices(c.Shape, shape);
        float[] sum = new float[shape.Size];
        for (int i = 0; i < sum.Length; i++)
            sum[i] = (float)((c == null ? 0 : (double)c.F32[at[i]]) * (affine.Scale?[i % columns] ?? 1) + (affine.Shift?[i % columns] ?? 0) / (double)Beta);
        return [null, Tensor.Of(b.Shape, weights), Tensor.Of(shape, sum)];
    }

    public override ChannelMap? Channels(Operand?[] inputs)
    {
        if (TransA || inputs.Skip(1).Any(i => i is { Constant: null }))
            return null;
        TensorType y = Infer([.. inputs.Select(i => i?.Type)])[0];
        bool shared = inputs is not [_, _, { Type.Shape: { Rank: > 0 } c }] || c[^1] != y.Shape[1];
        return ChannelMap.Product(inputs, 1, y, 1, [new(1, TransB ? 0 : 1), new(1, TransB ? 1 : 0, OfInput: true), .. shared ? [] : new ConstantAxis[] { new(2, inputs[2]!.Type.Shape.Rank - 1) }]);
    }

    public override Tensor?[]? BehindAffine(Tensor scale, Tensor shift, Tensor?[] constants)
    {
        if (TransA || Beta == 0 || scale.Shape is not [1, var depth] || constants[1] is not { } b || (constants.Length > 2 && constants[2] == null))
            return null;
        int columns = b.Shape[TransB ? 0 : 1];
        float[] weights = [.. b.F32];
        double[] sums = new double[columns];
        for (int i = 0; i < weights.Length; i++)
        {
            int k = TransB ? i % depth : i / columns;
            sums[TransB ? i / depth : i % columns] += (double)weights[i] * shift.F32[k];
            weights[i] *= scale.F32[k];
        }
        Tensor? c = constants.Length > 2 ? constants[2] : null;
        int[] at = c == null ? [] : Binary.Indices(c.Shape, [columns]);
        return [null, Tensor.Of(b.Shape, weights), Tensor.Of([columns], [.. sums.Select((s, n) => (float)((c == null ? 0 : (double)c.F32[at[n]]) + Alpha * s / Beta))])];
    }

    public override void Lower(Lowering lowering, Node node)
    {
        if (Alpha == 1 && Beta == 1 && !TransA && QuantizedProducts.TryLower(lowering, node, TransB))
            return;
        View a = lowering.Read(node.Inputs[0]);
        if (TransA)
            a = a with { Type = a.Type with { Shape = [a.Shape[1], a.Shape[0]] }, Strides = new([a.Strides[1], a.Strides[0]]) };
        a = lowering.As(a, Layout.RowMajor);
        Tensor b = lowering.ConstantNumbers(node.Inputs[1]) ?? throw new OperatorException("B must be constant");
        Shape shape = lowering.Type(node.Outputs[0]).Shape;
        int rows = shape[0], columns = shape[1], depth = a.Shape[1], channels = lowering.ChannelsOf(node.Inputs[0]);
        float[] weights = Array.ConvertAll(lowering.InOrderOf(node.Inputs[0], b.F32, depth, columns, TransB), v => Alpha * v);

        View? bias = null, residual = null;
        string value = node.Outputs[0];
        if (node.Inputs.Count > 2)
        {
            Tensor c = lowering.ConstantNumbers(node.Inputs[2]) ?? throw new OperatorException("C must be constant");
            bool row = c.Shape.Size == columns && c.Shape.Rank > 0 && c.Shape[^1] == columns;
            float[] values = row ? [.. c.F32] : [.. Binary.Indices(c.Shape, shape).Select(i => c.F32[i])];
            View constant = lowering.Place<float>(Array.ConvertAll(values, v => Beta * v)) with { Type = new(ElementType.Float32, shape), Strides = shape.Strides };
            (bias, residual) = (row ? constant : null, row ? null : constant);
        }
        else
        {
            bias = lowering.AbsorbBias(value, axis: 1, out node);
            value = node.Outputs[0];
        }
        if (residual == null && SparseProducts.TryLower(lowering, value, a, weights, TransB, depth, columns, channels, bias))
            return;
        if (residual == null)
            (value, residual) = lowering.AbsorbResidual(value, Layout.RowMajor);
        var (result, lo, hi) = lowering.AbsorbClamp(value);
        View y = lowering.Write(result, Layout.RowMajor);
        lowering.Emit("MatMulF32F32", ("x", a), ("weights", lowering.Place(Panels.Pack(weights, depth, columns, TransB, channels))),
            ("bias", bias), ("residual", residual), ("y", y), ("rows", rows), ("depth", depth), ("columns", columns),
            ("xRow", depth), ("weightsRow", 0), ("yRow", columns), ("residualRow", columns), ("lo", lo), ("hi", hi));
    }
}
