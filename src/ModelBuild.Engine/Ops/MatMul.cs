namespace ModelBuild.Engine;

/// <summary>NumPy's matmul: A […, M, K] · B […, K, N], leading axes broadcast; one-dimensional operands as rows and columns. float32.</summary>
internal sealed record MatMul : Op
{
    public override bool HasIntegerKernel => true;

    public override bool MultipliesRows => true;

    public override int? WeightsAxis => 1;

    public override TensorType[] Infer(TensorType?[] inputs)
    {
        Shape a = Need(inputs[0], ElementType.Float32).Shape, b = Need(inputs[1], ElementType.Float32).Shape;
        if (a.Rank == 0 || b.Rank == 0)
            throw new OperatorException("scalars don't multiply as matrices");
        var (left, right) = Matrices(a, b);
        if (left[^1] != right[^2])
            throw new OperatorException($"the matrices {a} and {b} don't multiply");
        IEnumerable<int> shape = Shape.Broadcast(Shape.Of(left.SkipLast(2)), Shape.Of(right.SkipLast(2)));
        if (a.Rank > 1)
            shape = shape.Append(a[^2]);
        if (b.Rank > 1)
            shape = shape.Append(b[^1]);
        return [inputs[0]! with { Shape = Shape.Of(shape) }];
    }

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor a = inputs[0]!, b = inputs[1]!;
        Shape y = Infer([a.Type, b.Type])[0].Shape;
        var (left, right) = Matrices(a.Shape, b.Shape);
        Shape batch = Shape.Broadcast(Shape.Of(left.SkipLast(2)), Shape.Of(right.SkipLast(2)));
        int rows = left[^2], depth = left[^1], columns = right[^1];
        int[] x = Binary.Indices(Shape.Of(left.SkipLast(2)), batch), w = Binary.Indices(Shape.Of(right.SkipLast(2)), batch);
        ReadOnlySpan<float> xs = a.F32, ws = b.F32;
        var result = new float[y.Size];
        int at = 0;
        for (int i = 0; i < x.Length; i++)
        for (int m = 0; m < rows; m++)
        for (int n = 0; n < columns; n++)
        {
            double sum = 0;
            for (int k = 0; k < depth; k++)
                sum += (double)xs[(x[i] * rows + m) * depth + k] * ws[(w[i] * depth + k) * columns + n];
            result[at++] = (float)sum;
        }
        return [Tensor.Of<float>(y, result)];
    }

    public override ChannelMap? Channels(Operand?[] inputs)
    {
        if (inputs is not [{ Constant: null, Type: { Shape.Rank: > 1 } x }, { Constant: not null, Type.Shape.Rank: 2 }])
            return null;
        TensorType y = Infer([x, inputs[1]!.Type])[0];
        return ChannelMap.Product(inputs, x.Shape.Rank - 1, y, y.Shape.Rank - 1, new ConstantAxis(1, 1), new ConstantAxis(1, 0, OfInput: true));
    }

    public override Ints Weights => new([0, 1]);

    public override Op? Mix() => this;

    public override PatchProduct? AsPatches(TensorType input, TensorType weights, TensorType output) =>
        weights.Shape.Rank == 2 ? new MatrixPatches(input.Shape.Size / input.Shape[^1], weights.Shape[1], weights.Shape[0], Transposed: false, Biased: false) : null;

    public override void Lower(Lowering lowering, Node node)
    {
        if (QuantizedProducts.TryLower(lowering, node, transposed: false))
            return;
        View a = lowering.Read(node.Inputs[0]);
        Tensor? constant = lowering.ConstantNumbers(node.Inputs[1]);
        Shape shape = lowering.Type(node.Outputs[0]).Shape;
        int columns = lowering.Type(node.Inputs[1]).Shape is { Rank: > 1 } w ? w[^1] : 1, depth = a.Shape[^1];

        if (constant is { Shape.Rank: 2 })
        {
            a = lowering.As(a, Layout.RowMajor);
            float[] weights = lowering.InOrderOf(node.Inputs[0], constant.F32, depth, columns, transposed: false);
            int channels = lowering.ChannelsOf(node.Inputs[0]);
            View? bias = lowering.AbsorbBias(node.Outputs[0], shape.Rank - 1, out node);
            if (SparseProducts.TryLower(lowering, node.Outputs[0], a, weights, transposed: false, depth, columns, channels, bias))
                return;
            var (value, residual) = lowering.AbsorbResidual(node.Outputs[0], Layout.RowMajor);
            var (result, lo, hi) = lowering.AbsorbClamp(value);
            View y = lowering.Write(result, Layout.RowMajor);
            View panels = lowering.Place(Panels.Pack(weights, depth, columns, transposed: false, channels));
            lowering.Emit("MatMulF32F32", ("x", a), ("weights", panels), ("bias", bias), ("residual", residual), ("y", y),
                ("rows", a.Shape.Size / depth), ("depth", depth), ("columns", columns),
                ("xRow", depth), ("weightsRow", 0), ("yRow", columns), ("residualRow", columns), ("lo", lo), ("hi", hi));
            return;
        }

        View b = lowering.Read(node.Inputs[1]);
        var (left, right) = Matrices(a.Shape, b.Shape);
        a = Rows(lowering, a with { Type = a.Type with { Shape = left }, Strides = a.Shape.Rank == 1 ? new([0, a.Strides[0]]) : a.Strides });
        b = Rows(lowering, b with { Type = b.Type with { Shape = right }, Strides = b.Shape.Rank == 1 ? new([b.Strides[0], 1]) : b.Strides });
        var (end, least, most) = lowering.AbsorbClamp(node.Outputs[0]);
        View z = lowering.Write(end, Layout.RowMajor);
        Shape batch = Shape.Broadcast(Shape.Of(left.SkipLast(2)), Shape.Of(right.SkipLast(2)));
        Loops loops = Loops.Collapse(batch, Steps(a), Steps(b), new(batch.Strides.Select(s => s * left[^2] * columns)));
        lowering.Emit("BatchMatMulF32F32", ("x", a), ("weights", b), ("y", z), ("rows", left[^2]), ("depth", depth), ("columns", columns),
            ("xRow", a.Strides[^2]), ("weightsRow", b.Strides[^2]), ("shape", loops.Shape), ("xStrides", loops.Strides[0]), ("weightsStrides", loops.Strides[1]), ("yStrides", loops.Strides[2]),
            ("lo", least), ("hi", most));

        Ints Steps(View matrix) => (matrix with { Type = matrix.Type with { Shape = Shape.Of(matrix.Shape.SkipLast(2)) }, Strides = new(matrix.Strides.SkipLast(2)) }).BroadcastTo(batch);
    }

    // The kernel wants the elements of a row side by side; where the rows lie does not matter.
    private static View Rows(Lowering lowering, View matrix) => matrix.Strides[^1] == 1 || matrix.Shape[^1] == 1 ? matrix : lowering.As(matrix, Layout.RowMajor);

    private static (Shape, Shape) Matrices(Shape a, Shape b) => (a.Rank == 1 ? [1, a[0]] : a, b.Rank == 1 ? [b[0], 1] : b);
}
