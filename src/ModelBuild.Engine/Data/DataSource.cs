namespace ModelBuild.Engine;

/// <summary>Data as the item asks for it: <paramref name="Metadata"/> is Calibration, Evaluation or Reference, <paramref name="Text"/> what it says.</summary>
internal sealed record DataSource(Site Site, string Metadata, string Text, string Path, DataRange Range)
{
    /// <summary>Which of so many samples are taken.</summary>
    /// <exception cref="DiagnosticException">MB1021: none, or more than there are.</exception>
    /// <exception cref="DataException">The file claims more samples than anyone has.</exception>
    public (int Start, int Count) Take(long samples)
    {
        if (samples > Dataset.MostSamples)
            throw new DataException($"{samples} samples are more than are supported ({Dataset.MostSamples})");
        if (samples == 0)
            throw Diagnostics.DataRange(this, $"'{Path}' has no samples");
        return Range.Of((int)samples) ?? throw Diagnostics.DataRange(this, $"{Range} takes no samples of the {samples} that '{Path}' has");
    }

    /// <summary>What is read, with a file's faults as diagnostics.</summary>
    public IEnumerable<T> Located<T>(string file, IEnumerable<T> items)
    {
        using IEnumerator<T> each = items.GetEnumerator();
        while (Next(each, file))
            yield return each.Current;
    }

    /// <summary>How messages begin.</summary>
    public override string ToString() => $"{Metadata}=\"{Text}\"";

    private bool Next<T>(IEnumerator<T> each, string file)
    {
        try
        {
            return each.MoveNext();
        }
        catch (Exception e) when (DataException.Text(e) is { } why)
        {
            throw Diagnostics.DataFile(this, file, why);
        }
    }
}

/// <summary>An input of the model: its name, the C# identifier made of it, and the type of one sample.</summary>
internal sealed record DataInput(string Name, string Identifier, TensorType Type)
{
    /// <summary>Whether an array or a folder is called like the input.</summary>
    public bool IsCalled(string name) => name == Name || name.Equals(Identifier, StringComparison.OrdinalIgnoreCase);
}
