namespace ModelBuild.Engine.Tests;

/// <summary>A graph of one operator: what its kernels yield, against what it means.</summary>
internal static class OneNode
{
    /// <summary>Runs the kernels that the operator lowers to. Inputs that are <paramref name="constant"/> lie in the weights, the others come from outside.</summary>
    public static Tensor[] Run(Op op, IReadOnlyList<Tensor?> inputs, IReadOnlyCollection<int>? constant = null, bool channelsLast = false, int outputs = 1, Lie lie = Lie.Straight)
    {
        Emitted emitted = Emitted.From(Graph(op, inputs, constant ?? [], channelsLast, outputs, lie), PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        return runner.Run([.. inputs.Where((x, i) => x != null && constant?.Contains(i) != true).Select(x => Lying(x!, Pooled(x!, channelsLast) ? Lie.Straight : lie))]);
    }

    /// <summary>Asserts that kernels and <see cref="Op.Evaluate"/> agree: integers and bool exactly, floats within <paramref name="error"/> of the largest.</summary>
    public static void Agrees(Op op, IReadOnlyList<Tensor?> inputs, IReadOnlyCollection<int>? constant = null, bool channelsLast = false, double error = 4e-6, Lie lie = Lie.Straight, int? outputs = null)
    {
        Tensor[] expected = [.. op.Evaluate([.. inputs]).Take(outputs ?? int.MaxValue)], got = Run(op, inputs, constant, channelsLast, expected.Length, lie);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i].Type, got[i].Type, op.ToString());
            Assert.IsLessThanOrEqualTo(expected[i].Element.IsFloat() ? error : 0, Comparison.Error(got[i], expected[i]), $"{op} of {string.Join(", ", inputs.Select(x => x?.Type))}{(channelsLast ? ", channels last" : "")}, {lie}");
        }
    }

    private static Graph Graph(Op op, IReadOnlyList<Tensor?> inputs, IReadOnlyCollection<int> constant, bool channelsLast, int outputs, Lie lie)
    {
        var builder = new GraphBuilder("one node");
        var names = new List<string>();
        for (int i = 0; i < inputs.Count; i++)
        {
            if (inputs[i] is not { } x)
                names.Add("");
            else if (constant.Contains(i))
                names.Add(builder.AddConstant($"x{i}", x));
            else
            {
                builder.AddInput($"x{i}", Lying(x, Pooled(x, channelsLast) ? Lie.Straight : lie).Type);
                // A pool of one cell changes nothing but how data lies.
                names.Add(Pooled(x, channelsLast)
                    ? builder.Add("pool", new MaxPool(Ones(x), Ones(x), Ones(x), new([.. Ones(x).Select(_ => 0), .. Ones(x).Select(_ => 0)])), $"x{i}")
                    : lie == Lie.Transposed ? builder.Add("lie", new Transpose(), $"x{i}")
                    : lie == Lie.Backwards ? builder.Add("lie", Backwards(x), $"x{i}")
                    : $"x{i}");
            }
        }
        string[] results = [.. Enumerable.Range(0, outputs).Select(i => $"y{i}")];
        builder.Add(new Node("node", op, new(names), new(results)));
        return builder.Build(results);

        static EquatableArray<int> Ones(Tensor x) => new(Enumerable.Repeat(1, x.Shape.Rank - 2));
    }

    /// <summary>What must come from outside so that the operator, after a transpose or a slice that is a view, sees x.</summary>
    private static Tensor Lying(Tensor x, Lie lie) => lie switch
    {
        Lie.Transposed => new Transpose().Evaluate([x])[0],
        Lie.Backwards => Backwards(x).Evaluate([x])[0],
        _ => x,
    };

    private static bool Pooled(Tensor x, bool channelsLast) => channelsLast && x.Element == ElementType.Float32 && x.Shape.Rank is 3 or 4;

    private static Slice Backwards(Tensor x)
    {
        return new(All(-1), All(int.MinValue), null, All(-1));

        EquatableArray<int> All(int value) => new(Enumerable.Repeat(value, x.Shape.Rank));
    }
}

/// <summary>How an operator's inputs lie in memory: as they were given, with axes in reverse order, or from the last element to the first.</summary>
internal enum Lie { Straight, Transposed, Backwards }
