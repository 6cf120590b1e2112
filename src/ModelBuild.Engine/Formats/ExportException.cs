namespace ModelBuild.Engine;

/// <summary>A node says nothing that the format to write has words for; the text says why.</summary>
internal sealed class ExportException(Node node, string format, string why) : Exception($"{node}: {why}")
{
    public Node Node => node;

    public string Format => format;

    public string Why => why;
}
