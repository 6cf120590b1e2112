namespace ModelBuild.Engine;

/// <summary>
/// Sums of products by labels of axes ("bij,bjk-&gt;bik"), as transposes, reshapes and matrix products, two operands at a time; where nothing is summed, or numbers are no float32, as
/// products of elements. Labels are letters; … stands for any axes, which broadcast.
/// </summary>
internal sealed class Einsum
{
    /// <summary>Labels of the axes that … stands for, the last one first.</summary>
    private const char Ellipsis = '\uE000';

    private readonly Composed _graph;

    private Einsum(Composed graph) => _graph = graph;

    private sealed record Operand(string Value, char[] Labels);

    public static string Add(Composed graph, string equation, IReadOnlyList<string> inputs)
    {
        var sum = new Einsum(graph);
        string[] sides = equation.Replace(" ", "").Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != inputs.Count)
            throw new OperatorException($"the equation '{equation}' with {inputs.Count} inputs");
        Operand[] operands = [.. terms.Zip(inputs, (term, value) => new Operand(value, Labels(term, graph.Type(value).Shape.Rank)))];
        char[] output;
        char[] dots = [.. operands.SelectMany(o => o.Labels).Where(l => l >= Ellipsis).Distinct().OrderDescending()];
        if (sides.Length == 2)
        {
            string[] parts = sides[1].Split("...");
            output = [.. parts[0], .. parts.Length > 1 ? dots : [], .. parts.Skip(1).SelectMany(p => p)];
        }
        else
            output = [.. dots, .. operands.SelectMany(o => o.Labels).Where(l => l < Ellipsis).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order()];
        if (output.Distinct().Count() != output.Length || output.Except(operands.SelectMany(o => o.Labels)).Any())
            throw new OperatorException($"the equation '{equation}' asks for an axis twice, or for one that no input has");

        // An axis that an operand names twice is its diagonal.
        operands = Array.ConvertAll(operands, sum.Diagonal);
        foreach (IGrouping<char, int> lengths in operands.SelectMany(o => o.Labels.Select((l, i) => (Label: l, Length: graph.Type(o.Value).Shape[i]))).Where(l => l.Length != 1).GroupBy(l => l.Label, l => l.Length))
        {
            if (lengths.Distinct().Count() > 1)
                throw new OperatorException($"the axis '{(lengths.Key >= Ellipsis ? "..." : lengths.Key)}' of the equation '{equation}' is {string.Join(" and ", lengths.Distinct())} long");
        }
        Operand all = operands[0];
        for (int i = 0; i < operands.Length; i++)
        {
            HashSet<char> needed = [.. output, .. operands.Skip(i + 1).SelectMany(o => o.Labels)];
            all = i == 0 ? sum.Keep(all, needed) : sum.Product(all, sum.Keep(operands[i], [.. needed, .. all.Labels]), needed);
        }
        return sum.Order(all, output).Value;

        char[] Labels(string term, int rank)
        {
            string[] parts = term.Split("...");
            int named = parts.Sum(p => p.Length);
            if (parts.Length > 2 || parts.Any(p => p.Any(c => !char.IsAsciiLetter(c))) || (parts.Length == 1 ? named != rank : named > rank))
                throw new OperatorException($"the term '{term}' of the equation '{equation}' for an input of {rank} axes");
            return [.. parts[0], .. parts.Length == 1 ? [] : Enumerable.Range(0, rank - named).Select(i => (char)(Ellipsis + rank - named - 1 - i)), .. parts.Skip(1).SelectMany(p => p)];
        }
    }

    private Operand Diagonal(Operand operand)
    {
        while (operand.Labels.GroupBy(l => l).FirstOrDefault(g => g.Count() > 1)?.Key is { } label)
        {
            int first = Array.IndexOf(operand.Labels, label), second = Array.LastIndexOf(operand.Labels, label);
            Shape shape = _graph.Type(operand.Value).Shape;
            if (shape[first] != shape[second])
                throw new OperatorException($"the axes '{label}' are {shape[first]} and {shape[second]} long");
            int[] rest = [.. Enumerable.Range(0, shape.Rank).Where(i => i != first && i != second)];
            string matrix = _graph.Add(new Transpose(new([.. rest, first, second])), operand.Value);
            string row = _graph.Add(new Reshape(new([.. rest.Select(i => shape[i]), shape[first] * shape[second]])), matrix);
            long[] places = [.. Enumerable.Range(0, shape[first]).Select(i => i * (shape[first] + 1L))];
            operand = new(_graph.Add(new Gather(rest.Length), row, _graph.Constant(Tensor.Of([places.Length], places))), [.. rest.Select(i => operand.Labels[i]), label]);
        }
        return operand;
    }

    /// <summary>Without the axes that nobody needs, which are summed.</summary>
    private Operand Keep(Operand operand, HashSet<char> needed)
    {
        int[] axes = [.. Enumerable.Range(0, operand.Labels.Length).Where(i => !needed.Contains(operand.Labels[i]))];
        return axes.Length == 0 ? operand : new(_graph.Add(new ReduceSum(new(axes), false, false), operand.Value), [.. operand.Labels.Where(needed.Contains)]);
    }

    private Operand Product(Operand a, Operand b, HashSet<char> needed)
    {
        char[] shared = [.. a.Labels.Intersect(b.Labels)], batch = [.. shared.Where(needed.Contains)], summed = [.. shared.Except(batch)];
        if (summed.Length == 0 || _graph.Type(a.Value).Element != ElementType.Float32 || summed.Any(l => Length(a, l) != Length(b, l)))
        {
            char[] every = [.. a.Labels.Union(b.Labels)];
            return Keep(new(_graph.Add(new Mul(), Spread(a, every), Spread(b, every)), every), needed);
        }
        char[] left = [.. a.Labels.Except(shared)], right = [.. b.Labels.Except(shared)];
        string rows = Matrix(a, batch, left, summed), columns = Matrix(b, batch, summed, right), product = _graph.Add(new MatMul(), rows, columns);
        int[] shape = [.. _graph.Type(product).Shape.Take(batch.Length), .. left.Select(l => Length(a, l)), .. right.Select(l => Length(b, l))];
        return new(_graph.Add(new Reshape(new(shape)), product), [.. batch, .. left, .. right]);
    }

    private int Length(Operand operand, char label) => _graph.Type(operand.Value).Shape[Array.IndexOf(operand.Labels, label)];

    /// <summary>[batch…, rows, columns].</summary>
    private string Matrix(Operand operand, char[] batch, char[] rows, char[] columns)
    {
        Operand ordered = Order(operand, [.. batch, .. rows, .. columns]);
        Shape shape = _graph.Type(ordered.Value).Shape;
        return _graph.Add(new Reshape(new([.. shape.Take(batch.Length), Shape.Of(shape.Skip(batch.Length).Take(rows.Length)).Size, Shape.Of(shape.Skip(batch.Length + rows.Length)).Size]), true), ordered.Value);
    }

    private Operand Order(Operand operand, char[] labels) => operand.Labels.SequenceEqual(labels) ? operand
        : new(_graph.Add(new Transpose(new(labels.Select(l => Array.IndexOf(operand.Labels, l)))), operand.Value), labels);

    /// <summary>With an axis of 1 for each label that the operand lacks.</summary>
    private string Spread(Operand operand, char[] labels)
    {
        Operand ordered = Order(operand, [.. labels.Where(operand.Labels.Contains)]);
        int[] missing = [.. Enumerable.Range(0, labels.Length).Where(i => !operand.Labels.Contains(labels[i]))];
        return missing.Length == 0 ? ordered.Value : _graph.Add(new Unsqueeze(new(missing)), ordered.Value);
    }
}
