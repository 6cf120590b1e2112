namespace ModelBuild.Engine;

/// <summary>
/// What quantized files leave to do, so that integer kernels meet integers: signed activations become unsigned ones, elements are moved as the integers that
/// they are, and a quantization that only undoes the dequantization before it is gone.
/// </summary>
internal static class SimplifyIntegers
{
    // What a signed byte is called as an unsigned one: 128 more.
    private static readonly Quantization Shift = new(new([1f]), new([128]), ElementType.UInt8);

    /// <summary>Quantize to s8 … dequantize, with nothing but moves and maxima between: the same numbers by u8, which is what kernels read.</summary>
    public static void TakeUnsigned(Rewrite rewrite)
    {
        foreach (Node node in rewrite.Nodes.ToArray())
        {
            if (node.Op.Quantizes == null || node.Op.AsUnsigned is not { } unsigned || Readers(rewrite, node.Outputs[0]) is not { } readers)
                continue;
            rewrite.Replace(node, node with { Op = unsigned });
            foreach (var (reader, op) in readers)
                rewrite.Replace(reader, reader with { Op = op });
            // Types changed under what comes next.
            return;
        }
    }

    /// <summary>Everything that reads a signed value, or what is moved of it, and what it is on unsigned bytes; null where that can't be said of all.</summary>
    private static List<(Node, Op)>? Readers(Rewrite rewrite, string signed)
    {
        var found = new List<(Node, Op)>();
        var values = new Queue<string>([signed]);
        while (values.TryDequeue(out string? value))
        {
            if (rewrite.IsOutput(value))
                return null;
            foreach (Node reader in rewrite.Nodes.Where(n => n.Inputs.Contains(value)))
            {
                bool ends = reader.Op.Dequantizes != null;
                Op? op = ends ? reader.Op.AsUnsigned : reader.Inputs.Count > 1 ? null : reader.Op.OnIntegers(Shift) ?? (reader.Op.KeepsScale ? reader.Op : null);
                if (op == null)
                    return null;
                found.Add((reader, op));
                foreach (string output in ends ? [] : reader.Outputs)
                    values.Enqueue(output);
            }
        }
        return found.Count > 0 ? found : null;
    }

    /// <summary>Dequantize → move → quantize: the quantization comes first, and bytes are moved.</summary>
    public static void MoveIntegers(Rewrite rewrite)
    {
        foreach (Node node in rewrite.Nodes.ToArray())
        {
            string[] data = [.. node.Inputs.Where(i => i.Length > 0 && rewrite.Type(i).Element == ElementType.Float32)];
            if (!data.Any(i => rewrite.Writer(i)?.Op.Dequantizes != null))
                continue;
            Node?[] ends = [.. node.Outputs.Select(rewrite.SoleReader)];
            if (ends[0]?.Op.Quantizes is not { Scales.Count: 1 } q || ends.Any(e => e?.Op.Quantizes != q) || node.Op.OnIntegers(q) is not { } moves)
                continue;
            var integers = new Dictionary<string, string>();
            foreach (string input in data.Where(i => !integers.ContainsKey(i)))
                integers[input] = rewrite.Before(node, ends[0]! with { Inputs = new([input]) });
            rewrite.Replace(node, node with { Op = moves, Inputs = new(node.Inputs.Select(i => integers.GetValueOrDefault(i, i))), Outputs = new(ends.Select(e => e!.Outputs[0])) });
            foreach (Node? end in ends)
                rewrite.Remove(end!);
            // Types changed under what comes next.
            return;
        }
    }

    /// <summary>Constant integers → dequantize → move: what is moved is the constant, so that products see their weights.</summary>
    public static void MoveConstants(Rewrite rewrite)
    {
        foreach (Node node in rewrite.Nodes.ToArray())
        {
            if (node.Inputs.Count != 1 || node.Outputs.Count != 1 || rewrite.Writer(node.Inputs[0]) is not { Op.Dequantizes: { Block: 0 } q } source || rewrite.Constant(source.Inputs[0]) is not { } integers)
                continue;
            int rank = integers.Shape.Rank;
            if (node.Op.OnIntegers(q) is not { } moves || (q.Scales.Count > 1 && node.Op.AxisAfter(integers.Shape.Axis(q.Axis), rank) is null))
                continue;
            string constant = rewrite.AddConstant($"{source.Inputs[0]}.moved", moves.Evaluate([integers])[0]);
            Op meaning = q.Scales.Count > 1 ? new DequantizeLinear(q with { Axis = node.Op.AxisAfter(integers.Shape.Axis(q.Axis), rank)!.Value }) : source.Op;
            rewrite.Replace(node, source with { Op = meaning, Inputs = new([constant]), Outputs = node.Outputs });
        }
    }

    /// <summary>Dequantize → quantize by the same scale and zero point.</summary>
    public static void RemoveRoundTrips(Rewrite rewrite)
    {
        foreach (Node node in rewrite.Nodes.ToArray())
        {
            if (node.Op.Quantizes is not { } to || rewrite.IsOutput(node.Outputs[0]) || rewrite.Writer(node.Inputs[0]) is not { Op.Dequantizes: { } from } source || from != to)
                continue;
            rewrite.Remove(rewrite.Writer(node.Outputs[0])!);
            rewrite.Redirect(node.Outputs[0], source.Inputs[0]);
        }
    }
}
