namespace ModelBuild.Engine;

/// <summary>Data as the item asks for it: <paramref name="Metadata"/> is Calibration or Evaluation, <paramref name="Text"/> what it says.</summary>
internal sealed record DataSource(Site Site, string Metadata, string Text, string Path, DataRange Range)
{
    /// <summary>How messages begin.</summary>
    public override string ToString() => $"{Metadata}=\"{Text}\"";
}

/// <summary>An input of the model: its name, the C# identifier made of it, and the type of one sample.</summary>
internal sealed record DataInput(string Name, string Identifier, TensorType Type);
