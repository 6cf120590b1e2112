namespace ModelBuild.Engine;

/// <summary>
/// Samples for a model's inputs. They are read as they are asked for, in order, and again from the beginning each time: nothing larger than a sample is kept.
/// </summary>
internal sealed class Dataset(DataSource? source, int count, int[]? labels, IReadOnlyList<string> files, Func<IEnumerable<Tensor[]>> read)
{
    /// <summary>As many samples as a hostile header may ask for.</summary>
    public const long MostSamples = 1 << 26;

    public int Count => count;

    /// <summary>The samples' classes, or null where the data has none.</summary>
    public IReadOnlyList<int>? Labels => labels;

    /// <summary>Every file that is read, by absolute path.</summary>
    public IReadOnlyList<string> Files => files;

    /// <summary>Whether the samples are made up: good for comparing two executions, not for measuring ranges or accuracy.</summary>
    public bool IsRandom => source == null;

    /// <summary>The samples in order, one tensor an input. Enumerations are independent of each other, also over threads.</summary>
    /// <exception cref="DiagnosticException">A file ends early or changed, or a value doesn't fit the input.</exception>
    public IEnumerable<Tensor[]> Samples() => read();

    /// <summary>What the item's Calibration asks for; null where it asks for nothing.</summary>
    /// <exception cref="DiagnosticException">MB1011, MB1020 to MB1026.</exception>
    public static Dataset? Calibration(CompileRequest request, IReadOnlyList<DataInput> inputs, IReadOnlyList<string> labels) => Open(request, nameof(request.Calibration), request.Calibration, inputs, labels);

    /// <summary>What the item's Evaluation asks for; null where it asks for nothing.</summary>
    /// <exception cref="DiagnosticException">MB1011, MB1020 to MB1026.</exception>
    public static Dataset? Evaluation(CompileRequest request, IReadOnlyList<DataInput> inputs, IReadOnlyList<string> labels) => Open(request, nameof(request.Evaluation), request.Evaluation, inputs, labels);

    /// <summary>Checks that every label is a class of so many.</summary>
    /// <exception cref="DiagnosticException">MB1025.</exception>
    public void NeedClasses(int classes)
    {
        for (int i = 0; labels != null && i < labels.Length; i++)
        {
            if (labels[i] >= classes)
                throw Diagnostics.DataLabels(source!, source!.Path, $"sample {i} has the label {labels[i]}, and the model has {classes} classes (0 to {classes - 1})");
        }
    }

    private static Dataset? Open(CompileRequest request, string metadata, string text, IReadOnlyList<DataInput> inputs, IReadOnlyList<string> labels)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var (relative, range, error) = DataRange.Split(text);
        string path = request.Resolve(relative);
        var source = new DataSource(request.Site, metadata, text, path, range);
        if (error != null)
            throw Diagnostics.DataRange(source, error);
        Normalization normalization = Normalization.Read(request, inputs);
        try
        {
            if (Directory.Exists(path))
                return FolderData.Open(source, inputs, normalization, labels);
            if (!File.Exists(path))
                throw Diagnostics.NoData(source);
            return Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".npz" => NumpyData.OpenZip(source, inputs, normalization),
                ".npy" => NumpyData.Open(source, inputs, normalization),
                ".csv" => CsvData.Open(source, inputs, normalization, labels),
                var other => throw new DataException($"'{other}' files are not supported; give an .npz, .npy or .csv file, or a folder"),
            };
        }
        catch (Exception e) when (DataException.Text(e) is { } why)
        {
            throw Diagnostics.DataFile(source, path, why);
        }
    }
}
