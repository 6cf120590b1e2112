using System.CommandLine;
using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>What is wrong with a command line, and what would be right.</summary>
internal static class UsageText
{
    public static string Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string name = command is RootCommand ? "modelbuild" : $"modelbuild {command.Name}";
        string[] options = [.. command.Options.Where(o => !o.Hidden).Select(o => o.Name)], commands = [.. command.Subcommands.Select(c => c.Name)];
        string[] faults = parsed.UnmatchedTokens.Count > 0
            ? [.. parsed.UnmatchedTokens.Select(Unknown)]
            : [.. parsed.Errors.Select(e => e.Message).Distinct()];
        string valid = commands.Length > 0 ? $"commands: {string.Join(", ", commands)}" : $"options: {string.Join(", ", options)}";
        return $"{string.Join("\n", faults)}\n{valid}\n'{name} --help' says more";

        string Unknown(string token)
        {
            bool option = token.StartsWith('-');
            string[] known = option || commands.Length == 0 ? options : commands;
            return $"'{token}' is no {(option ? "option" : commands.Length > 0 ? "command" : "argument")} of {name}{Near.Hint(token, known)}";
        }
    }
}
