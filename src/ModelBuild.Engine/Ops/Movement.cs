using System.Runtime.InteropServices;

namespace ModelBuild.Engine;

/// <summary>What the operators that only move elements have in common: they say it in views, and types, meaning and kernel calls follow. Every element type of 1, 2, 4 or 8 bytes.</summary>
internal abstract record Movement : Op
{
    public override Op? OnIntegers(Quantization meaning) => this;

    public override bool HasIntegerKernel => true;

    public override bool KeepsScale => true;

    protected static TensorType Need(TensorType? type) => type ?? throw new OperatorException("an input is missing");

    /// <summary>The elements of <paramref name="from"/> to where <paramref name="to"/> says they lie; both have one shape.</summary>
    protected static void Copy(ReadOnlySpan<byte> x, View from, Span<byte> y, View to)
    {
        switch (from.Element.Bytes())
        {
            case 1: Copy(x, y, 0, from, to, from.Start, to.Start); break;
            case 2: Copy(MemoryMarshal.Cast<byte, short>(x), MemoryMarshal.Cast<byte, short>(y), 0, from, to, from.Start, to.Start); break;
            case 4: Copy(MemoryMarshal.Cast<byte, int>(x), MemoryMarshal.Cast<byte, int>(y), 0, from, to, from.Start, to.Start); break;
            case 8: Copy(MemoryMarshal.Cast<byte, long>(x), MemoryMarshal.Cast<byte, long>(y), 0, from, to, from.Start, to.Start); break;
            default: throw new OperatorException($"{from.Element.Word()} is not supported");
        }
    }

    private static void Copy<T>(ReadOnlySpan<T> x, Span<T> y, int axis, View from, View to, int at, int target)
    {
        if (axis == from.Shape.Rank)
        {
            y[target] = x[at];
            return;
        }
        int length = from.Shape[axis], xs = from.Strides[axis], ys = to.Strides[axis];
        for (int i = 0; i < length; i++, at += xs, target += ys)
        {
            if (axis + 1 == from.Shape.Rank)
                y[target] = x[at];
            else
                Copy(x, y, axis + 1, from, to, at, target);
        }
    }
}

/// <summary>Each output is its input's memory, read by other strides: no kernel runs.</summary>
internal abstract record Rearrangement : Movement
{
    /// <summary>The outputs as views of the input.</summary>
    protected abstract View[] Views(View x);

    public override bool OnlyMoves => true;

    public override TensorType[] Infer(TensorType?[] inputs) => Array.ConvertAll(Views(View.Of(Need(inputs[0]))), v => v.Type);

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        Tensor x = inputs[0]!;
        return Array.ConvertAll(Views(View.Of(x.Type)), view =>
        {
            var bytes = new byte[view.Type.Bytes];
            Copy(x.Bytes.Span, view, bytes, View.Of(view.Type));
            return new Tensor(view.Type, bytes);
        });
    }

    public override void Lower(Lowering lowering, Node node)
    {
        if (node.Outputs.Count == 1 && lowering.TryLoadLater(node.Outputs[0], node.Inputs[0], Views(View.Of(lowering.Type(node.Inputs[0])))[0]))
            return;
        View[] views = Views(lowering.Read(node.Inputs[0]));
        for (int i = 0; i < node.Outputs.Count; i++)
            lowering.Alias(node.Outputs[i], views[i]);
    }
}

/// <summary>The output is put together by copies of parts, one after the other.</summary>
internal abstract record Assembly : Movement
{
    /// <summary>What is copied where, in this order. <paramref name="constant"/> gives a view of constant data.</summary>
    protected abstract IEnumerable<(View From, View To)> Copies(View[] inputs, View output, Func<Tensor, View> constant);

    public override Tensor[] Evaluate(Tensor?[] inputs)
    {
        TensorType type = Infer([.. inputs.Select(i => i?.Type)])[0];
        View[] views = [.. inputs.Select(i => View.Of(i!.Type))];
        View output = View.Of(type);
        var bytes = new byte[type.Bytes];
        var memory = new Dictionary<Buffer, ReadOnlyMemory<byte>>(ReferenceEqualityComparer.Instance) { [output.Buffer] = bytes };
        for (int i = 0; i < views.Length; i++)
            memory[views[i].Buffer] = inputs[i]!.Bytes;
        foreach (var (from, to) in Copies(views, output, Constant))
            Copy(memory[from.Buffer].Span, from, bytes, to);
        return [new Tensor(type, bytes)];

        View Constant(Tensor tensor)
        {
            View view = View.Of(tensor.Type);
            memory[view.Buffer] = tensor.Bytes;
            return view;
        }
    }

    public override void Lower(Lowering lowering, Node node)
    {
        View[] views = [.. node.Inputs.Select(i => lowering.Read(i))];
        int rank = lowering.Type(node.Outputs[0]).Shape.Rank;
        View like = views.FirstOrDefault(v => v.Shape.Rank == rank && v.IsChannelsLast && !v.IsRowMajor) ?? views[0];
        View y = lowering.Write(node.Outputs[0], like);
        foreach (var (from, to) in Copies(views, y, lowering.Constant))
        {
            if (to.Shape.Size > 0)
                lowering.Copy(from, to);
        }
    }
}

/// <summary>The input's elements in their order, under another shape. Where the input's strides can't say that, they are copied.</summary>
internal abstract record Reshaping : Movement
{
    protected abstract Shape To(Shape x);

    public override bool OnlyMoves => true;

    public override TensorType[] Infer(TensorType?[] inputs) => [Need(inputs[0]) with { Shape = To(inputs[0]!.Shape) }];

    public override Tensor[] Evaluate(Tensor?[] inputs) => [inputs[0]!.Reshape(To(inputs[0]!.Shape))];

    public override bool IsNothing(TensorType input, TensorType output) => input == output;

    // As many elements before the axis, and axes of which one is a multiple of the other: the shorter one's channels stay apart, each with its part of the longer.
    public override ChannelMap? Channels(Operand?[] inputs)
    {
        TensorType x = inputs[0]!.Type, y = Infer([x])[0];
        if (inputs[0]!.Axis is not { } axis)
            return null;
        int before = Shape.Of(x.Shape.Take(axis)).Size;
        int to = Enumerable.Range(0, y.Shape.Rank).FirstOrDefault(a => y.Shape[a] > 1 && Shape.Of(y.Shape.Take(a)).Size == before, -1);
        if (to < 0 || x.Shape[axis] == 0)
            return null;
        int bundles = Math.Min(x.Shape[axis], y.Shape[to]);
        return x.Shape[axis] % bundles != 0 || y.Shape[to] % bundles != 0 ? null : new([ChannelAxis.Of(x, axis, 0, bundles)], [ChannelAxis.Of(y, to, 0, bundles)], []);
    }

    public override void Lower(Lowering lowering, Node node)
    {
        string output = node.Outputs[0];
        Shape shape = lowering.Type(output).Shape;
        View x = lowering.Read(node.Inputs[0]);
        if (x.Reshape(shape) is { } view)
        {
            lowering.Alias(output, view);
            return;
        }
        if (lowering.TryKeepOrder(output, x, shape))
            return;
        // Channels that lie side by side in x stay so, where the axes of both are parts of the same finer ones: a shuffle of channels.
        Shape? fine = Shape.Refine(x.Shape, shape);
        bool channels = fine != null && shape.Rank is 3 or 4 && x.Strides.Where((_, i) => x.Shape[i] > 1).LastOrDefault(1) != 1;
        View y = lowering.Write(output, channels ? Layout.ChannelsLast : Layout.RowMajor);
        if (fine is { } shared)
            lowering.Copy(x.Reshape(shared)!, y.Reshape(shared)!);
        else
            lowering.Copy(x, y.Reshape(x.Shape)!);
    }
}
