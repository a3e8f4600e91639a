namespace Containerize.Containers.Options;

/// <summary>What is wrong with an option of <c>run</c>.</summary>
internal static class OptionErrors
{
    internal static ContainerizeException Wrong(string option, string value, string why, string next) =>
        new(5020, $"reading {option} {value}", why, next);
}
