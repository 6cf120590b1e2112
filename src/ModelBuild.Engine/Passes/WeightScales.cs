namespace ModelBuild.Engine;

/// <summary>The scales that weights of an integer layer may have, between scales <paramref name="X"/> and <paramref name="Y"/> of what it reads and writes (0: not known).</summary>
/// <param name="Least">The bias counts in steps of both scales, and has to stay an int32.</param>
internal sealed record WeightScales(float X, float Y, float Least)
{
    public static WeightScales Of(Graph graph, Node node, IReadOnlyDictionary<string, Quantization> points)
    {
        float x = points[node.Inputs[0]].Scale, most = 0;
        foreach (float b in node.Inputs.Count > 2 && graph.Constant(node.Inputs[2]) is { Element: ElementType.Float32 } bias ? bias.F32 : [])
            most = Math.Max(most, Math.Abs(b));
        return new(x, points.TryGetValue(End(graph, node), out Quantization? y) ? y.Scale : 0, most / (x * (1 << 29)));
    }

    /// <summary>A scale near this one whose multiplier, sx·sw / sy, is a number that float16 has: that is what is stored. Two roundings skip some numbers; then it is a neighbour.</summary>
    public float Stored(float scale)
    {
        scale = Math.Max(scale, Least);
        Half nearest = (Half)(X * scale / Y);
        if (!Half.IsNormal(nearest))
            return scale;
        foreach (int away in (int[])[0, 1, -1, 2, -2])
        {
            float multiplier = (float)BitConverter.Int16BitsToHalf((short)(BitConverter.HalfToInt16Bits(nearest) + away)), start = multiplier * Y / X;
            foreach (int step in (int[])[0, 1, -1, 2, -2])
            {
                float tried = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(start) + step);
                if (X * tried / Y == multiplier && tried >= Least)
                    return tried;
            }
        }
        return scale;
    }

    /// <summary>Where a layer's result is quantized: behind the clamp that is part of it.</summary>
    private static string End(Graph graph, Node node)
    {
        Node[] readers = [.. graph.Nodes.Where(n => n.Inputs.Contains(node.Outputs[0]))];
        return readers is [{ Op.Clamp: not null } clamp] ? clamp.Outputs[0] : node.Outputs[0];
    }
}
