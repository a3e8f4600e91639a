namespace Microsoft.Build.Framework;

/// <summary>Tells an MSBuild that runs tasks on threads (<c>-mt</c>) that a task needs no process of its own; MSBuild looks for it by name.</summary>
/// <remarks>MSBuild has it from 18.6 on, and we compile against 18.0: https://github.com/dotnet/msbuild/tree/main/documentation/specs/multithreading.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
