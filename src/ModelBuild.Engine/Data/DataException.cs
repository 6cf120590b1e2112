namespace ModelBuild.Engine;

/// <summary>A file isn't what it should be: the text says how. Whoever knows the item and the file turns it into a diagnostic.</summary>
internal sealed class DataException(string message) : Exception(message)
{
    /// <summary>The faults of files and of the streams over them, as a text; null for any other exception.</summary>
    public static string? Text(Exception exception) => exception switch
    {
        DataException => exception.Message,
        EndOfStreamException => "it ends before the data that its header promises",
        InvalidDataException or NotSupportedException => $"it is damaged ({exception.Message})",
        IOException or UnauthorizedAccessException => exception.Message,
        _ => null,
    };
}
