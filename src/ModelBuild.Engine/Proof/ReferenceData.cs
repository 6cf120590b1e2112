namespace ModelBuild.Engine;

/// <summary>How far a model is from what its author computed: the largest max|y−r| / max|r| of any output.</summary>
internal sealed record ReferenceProof(int Samples, double Error);

/// <summary>
/// What a model computes, as somebody else's runtime has it: an .npz file with an array for each input and output, named like them or, where there is only
/// one, <c>input</c> and <c>output</c>. The first axis counts samples.
/// </summary>
internal sealed record ReferenceData(DataSource Source, Dataset Inputs, Dataset Outputs)
{
    public IReadOnlyList<string> Files => Inputs.Files;

    /// <summary>What the item's Reference names; null where it names nothing.</summary>
    /// <exception cref="DiagnosticException">MB1020 to MB1024: the file can't be used for this model.</exception>
    public static ReferenceData? Open(CompileRequest request, Graph graph)
    {
        if (string.IsNullOrWhiteSpace(request.Reference))
            return null;
        var (relative, range, error) = DataRange.Split(request.Reference);
        var source = new DataSource(request.Site, nameof(request.Reference), request.Reference, request.Resolve(relative), range);
        return error == null ? Open(source, graph) : throw Diagnostics.DataRange(source, error);
    }

    /// <exception cref="DiagnosticException">MB1020 to MB1024: the file can't be used for this model.</exception>
    public static ReferenceData Open(DataSource source, Graph graph)
    {
        if (!File.Exists(source.Path))
            throw Diagnostics.NoData(source);
        try
        {
            Dataset inputs = Arrays(source, graph, graph.Inputs, "input"), outputs = Arrays(source, graph, graph.Outputs, "output");
            return inputs.Count == outputs.Count ? new(source, inputs, outputs) : throw new DataException($"it has {inputs.Count} inputs and {outputs.Count} outputs");
        }
        catch (Exception e) when (DataException.Text(e) is { } why)
        {
            throw Diagnostics.DataFile(source, source.Path, why);
        }
    }

    /// <exception cref="DiagnosticException">MB3011: an output differs by more than the limit.</exception>
    public ReferenceProof Check(Func<Tensor[], Tensor[]> run, IReadOnlyList<string> outputs, double limit, CancellationToken cancellation)
    {
        double worst = 0;
        int samples = 0;
        foreach (var (sample, expected) in Inputs.Samples().Zip(Outputs.Samples()))
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor[] actual = run(sample);
            for (int i = 0; i < actual.Length; i++)
            {
                double error = Comparison.Error(actual[i], expected[i]);
                worst = Math.Max(worst, error);
                if (!(error <= limit))
                    throw Diagnostics.DiffersFromReference(Source, samples, outputs[i], error, limit);
            }
            samples++;
        }
        return new ReferenceProof(samples, worst);
    }

    private static Dataset Arrays(DataSource source, Graph graph, IReadOnlyList<string> values, string only)
    {
        string[] names = [.. DataFile.Entries(source.Path).Select(e => Path.GetFileNameWithoutExtension(e.Name))];
        DataInput[] arrays = [.. values.Select(v => new DataInput(v, values.Count == 1 ? only : v, graph.Types[v]))];
        // An array of any name would do as data for an only input: here it could be that of the other side.
        if (arrays.FirstOrDefault(a => !names.Any(a.IsCalled)) is { } absent)
            throw Diagnostics.NoArray(source, source.Path, absent, $"its arrays are {string.Join(", ", names.Take(20).Select(n => $"'{n}'"))}");
        return NumpyData.OpenZip(source, arrays, Normalization.None);
    }
}
