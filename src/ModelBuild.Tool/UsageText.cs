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
        // Behind an unknown option stands its value, which is no fault of its own.
        string[] unmatched = [.. parsed.UnmatchedTokens], unknown = [.. unmatched.Where(t => t.StartsWith('-')).DefaultIfEmpty(unmatched.FirstOrDefault("")).Where(t => t.Length > 0)];
        string[] faults = unknown.Length > 0
            ? [.. unknown.Select(Unknown)]
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
