namespace ModelBuild.Engine;

/// <summary>a + b.</summary>
internal sealed record Add : Binary
{
    protected override double Apply(double a, double b) => a + b;

    protected override long Apply(long a, long b) => a + b;

    public override bool AddsTwo => true;

    public override bool HasIntegerKernel => true;

    public override Affine? AsAffine(TensorType input, Tensor?[] constants) =>
        Channels(input, constants) is { } shift ? new Affine(null, shift) : null;

    public override void Lower(Lowering lowering, Node node)
    {
        if (lowering.Quantized(node.Inputs[0]) is not { } a || lowering.Quantized(node.Inputs[1]) is not { } b || lowering.Quantizing(node.Outputs[0]) is not { } end)
        {
            base.Lower(lowering, node);
            return;
        }
        View left = lowering.Read(a.Value), right = lowering.Read(b.Value);
        Shape shape = lowering.Type(node.Outputs[0]).Shape;
        View like = left.Shape == shape ? left : right;
        View y = lowering.Write(end, like.IsRowMajor ? Layout.RowMajor : Layout.ChannelsLast);
        Loops loops = Loops.Collapse(shape, left.BroadcastTo(shape), right.BroadcastTo(shape), y.Strides).WithLongRows();
        float aScale = a.As.Scale / end.As.Scale, bScale = b.As.Scale / end.As.Scale;
        lowering.Emit("AddU8", ("a", left), ("b", right), ("y", y),
            ("shape", loops.Shape), ("aStrides", loops.Strides[0]), ("bStrides", loops.Strides[1]), ("yStrides", loops.Strides[2]),
            ("aScale", aScale), ("bScale", bScale), ("offset", -(a.As.Zero * aScale + b.As.Zero * bScale)), ("zero", end.As.Zero), ("lo", end.Lo), ("hi", end.Hi));
    }
}
