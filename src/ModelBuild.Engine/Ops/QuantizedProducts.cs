namespace ModelBuild.Engine;

/// <summary>Products in a quantized group: u8 · s8 → int32 → u8, exactly as ONNX Runtime does them.</summary>
internal static class QuantizedProducts
{
    public static bool TryLower(Conv op, Lowering lowering, Node node)
    {
        if (lowering.Quantized(node.Inputs[0]) is not { } x || lowering.Quantizing(node.Outputs[0]) is not { } end || IntegerWeights.Of(lowering, node, x.As, outputsAxis: 0) is not { } w)
            return false;
        View origin = op.Origin(lowering.Read(x.Value, Layout.ChannelsLast));
        View y = lowering.Write(end, Layout.ChannelsLast);
        if (w.Parts.Length == 1)
        {
            if (WinogradChoice.Of(op, w, y.Shape) is { } choice)
            {
                lowering.Emit("WinogradU8S8", [
                    ("x", origin), ("weights", lowering.Place(Panels.PackTaps(w.Parts[0], w.Shape), choice.Form)), ("bias", lowering.Place<int>(w.Bias)), ("scales", lowering.Place<float>(w.Multipliers(end.As))),
                    ("y", y), ("work", lowering.Room(choice.RoomBytes)), .. choice.Sizes(op.Window(origin, y, w.Shape), w.Shape[1]), ("zero", end.As.Zero), ("lo", end.Lo), ("hi", end.Hi)]);
                return true;
            }
            bool depthwise = op.IsDepthwise(w.Shape);
            sbyte[] packed = depthwise ? Panels.Taps(w.Parts[0], w.Shape[0]) : Panels.Pack(w.Parts[0], w.Shape, op.Group, op.IsWhole(origin, w.Shape));
            lowering.Emit(depthwise ? "DepthwiseU8S8" : "ConvU8S8", [
                ("x", origin), ("weights", lowering.Place<sbyte>(packed)), ("bias", lowering.Place<int>(w.Bias)), ("scales", lowering.Place<float>(w.Multipliers(end.As))), ("y", y),
                .. op.Window(origin, y, w.Shape, quad: 4), ("zero", end.As.Zero), ("lo", end.Lo), ("hi", end.Hi)]);
            return true;
        }
        View sums = Sums(op, lowering, origin, w.Parts, w.Shape, w.Bias, new(ElementType.Int32, y.Shape));
        Image from = Image.Of(sums), to = Image.Of(y);
        for (int line = 0; line < to.Images * to.Height; line++)
        {
            int at = line / to.Height * to.Stride + line % to.Height * to.Line;
            Requantize(lowering, sums with { Start = sums.Start + line * from.Width * from.Pixel }, y with { Start = y.Start + at }, w, end, to.Width, from.Pixel, to.Pixel);
        }
        return true;
    }

    /// <summary>Int32 sums of a convolution; weights that don't fit s8 come in two parts.</summary>
    public static View Sums(Conv op, Lowering lowering, View origin, sbyte[][] parts, Shape shape, int[] bias, TensorType type)
    {
        View Part(sbyte[] part, View? start)
        {
            View y = lowering.Allocate(type, Layout.ChannelsLast);
            // A depthwise convolution is one of groups here: this path is for rare weights, not for speed.
            lowering.Emit("ConvU8S8I32", [("x", origin), ("weights", lowering.Place<sbyte>(Panels.Pack(part, shape, op.Group, op.IsWhole(origin, shape)))), ("bias", start), ("y", y),
                .. op.Window(origin, y, shape, quad: 4, depthwise: false)]);
            return y;
        }
        View sum = Part(parts[0], lowering.Place<int>(bias));
        return parts.Length == 1 ? sum : Add(lowering, sum, Part(parts[1], null));
    }

    /// <summary>Matrix product over the last axis of A with a constant matrix.</summary>
    public static bool TryLower(Lowering lowering, Node node, bool transposed)
    {
        if (lowering.Quantized(node.Inputs[0]) is not { } x || lowering.Quantizing(node.Outputs[0]) is not { } end
            || lowering.QuantizedConstant(node.Inputs[1])?.Integers.Shape is not { Rank: 2 } shape || IntegerWeights.Of(lowering, node, x.As, outputsAxis: transposed ? 0 : 1) is not { } w)
            return false;
        View a = lowering.Read(x.Value, Layout.RowMajor);
        View y = lowering.Write(end, Layout.RowMajor);
        int depth = shape[transposed ? 1 : 0], columns = shape[transposed ? 0 : 1], rows = a.Shape.Size / depth;
        sbyte[][] parts = Array.ConvertAll(w.Parts, p => lowering.InOrderOf<sbyte>(x.Value, p, depth, columns, transposed));
        if (w.Parts.Length == 1)
        {
            lowering.Emit("MatMulU8S8", ("x", a), ("weights", lowering.Place<sbyte>(Panels.Pack(parts[0], depth, columns, transposed))), ("bias", lowering.Place<int>(w.Bias)),
                ("scales", lowering.Place<float>(w.Multipliers(end.As))), ("y", y), ("rows", rows), ("depth", depth), ("columns", columns), ("xRow", depth), ("yRow", columns),
                ("zero", end.As.Zero), ("lo", end.Lo), ("hi", end.Hi));
            return true;
        }
        View sums = Sums(lowering, a, parts, w.Bias, depth, columns, transposed, new(ElementType.Int32, y.Shape));
        Requantize(lowering, sums, y, w, end, rows, columns, columns);
        return true;
    }

    /// <summary>Int32 sums of a matrix product.</summary>
    public static View Sums(Lowering lowering, View a, sbyte[][] parts, int[] bias, int depth, int columns, bool transposed, TensorType type)
    {
        View Part(sbyte[] part, View? start)
        {
            View y = lowering.Allocate(type, Layout.RowMajor);
            lowering.Emit("MatMulU8S8I32", ("x", a), ("weights", lowering.Place<sbyte>(Panels.Pack(part, depth, columns, transposed))), ("bias", start), ("y", y),
                ("rows", a.Shape.Size / depth), ("depth", depth), ("columns", columns), ("xRow", depth), ("yRow", columns));
            return y;
        }
        View sum = Part(parts[0], lowering.Place<int>(bias));
        return parts.Length == 1 ? sum : Add(lowering, sum, Part(parts[1], null));
    }

    private static View Add(Lowering lowering, View a, View b)
    {
        Loops loops = Loops.Collapse(a.Shape, a.Strides, b.Strides, a.Strides);
        lowering.Emit("AddI32", ("a", a), ("b", b), ("y", a), ("shape", loops.Shape), ("aStrides", loops.Strides[0]), ("bStrides", loops.Strides[1]), ("yStrides", loops.Strides[2]));
        return a;
    }

    private static void Requantize(Lowering lowering, View sums, View y, IntegerWeights w, QuantizedEnd end, int rows, int xRow, int yRow) =>
        lowering.Emit("RequantizeI32U8", ("x", sums), ("scales", lowering.Place<float>(w.Multipliers(end.As))), ("y", y), ("rows", rows), ("columns", w.Bias.Length),
            ("xRow", xRow), ("yRow", yRow), ("zero", end.As.Zero), ("lo", end.Lo), ("hi", end.Hi));
}
