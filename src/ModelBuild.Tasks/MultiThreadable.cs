namespace Microsoft.Build.Framework;

/// <summary>Tells MSBuild, which looks for the name, that a task keeps nothing in statics, environment or current directory, and may share its process.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
