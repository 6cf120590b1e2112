namespace ModelBuild.Engine;

internal enum Space { Scratch, Weights, Expanded }

/// <summary>How a tensor of three or four axes lies in memory: row by row as ONNX writes it, or with channels innermost.</summary>
internal enum Layout { Any, RowMajor, ChannelsLast }

/// <summary>A piece of memory. Of scratch it is known from when to when it is needed (in calls), and the memory plan says where it lies.</summary>
internal sealed class Buffer(Space space, int bytes, int offset = -1)
{
    public Space Space { get; } = space;

    public int Bytes { get; } = bytes;

    public int Offset { get; set; } = offset;

    public int First { get; set; } = int.MaxValue;

    public int Last { get; set; } = -1;
}

/// <summary>A tensor as it lies in a buffer: strides and start are in elements. Slices, squeezes and transposes are other views of the same buffer.</summary>
internal sealed record View(Buffer Buffer, int Start, TensorType Type, Ints Strides)
{
    public Shape Shape => Type.Shape;

    public ElementType Element => Type.Element;

    /// <summary>Row-major without gaps; what the strides of axes of length 1 are does not matter.</summary>
    public bool IsRowMajor
    {
        get
        {
            Ints dense = Shape.Strides;
            return Enumerable.Range(0, Shape.Rank).All(i => Shape[i] == 1 || Strides[i] == dense[i]);
        }
    }

    /// <summary>Neighbouring channels (axis 1) are neighbours in memory, as convolution kernels need them.</summary>
    public bool IsChannelsLast => Shape.Rank >= 3 && (Shape[1] == 1 || Strides[1] == 1);

    /// <summary>Strides by which the view is read as a larger shape: 0 along the axes that repeat.</summary>
    public Ints BroadcastTo(Shape shape)
    {
        int missing = shape.Rank - Shape.Rank;
        return new(shape.Select((_, i) => i < missing || Shape[i - missing] == 1 ? 0 : Strides[i - missing]));
    }

    public bool Is(Layout layout) => layout switch { Layout.RowMajor => IsRowMajor, Layout.ChannelsLast => IsChannelsLast, _ => true };
}
