namespace ModelBuild.Tool;

/// <summary>The command line asks for what can't be: the message names the word at fault and what would be right.</summary>
internal sealed class UsageException(string message) : Exception(message);
