namespace Containerize.Containers.Files;

/// <summary>Docker's rules of where a copy goes (docs.docker.com, reference/cli/docker/container/cp; moby, pkg/archive/copy.go).</summary>
internal static class CopyRules
{
    /// <summary>The way of a copy; CTZ5051 where there is none.</summary>
    /// <param name="source">What is copied.</param>
    /// <param name="isDirectory">Whether that is a directory.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="target">What is there.</param>
    public static CopyWay Decide(FilePlace source, bool isDirectory, FilePlace destination, CopyTarget target)
    {
        switch (target.Kind)
        {
            case CopyTargetKind.Directory:
                return isDirectory && source.IsContents ? CopyWay.Contents : CopyWay.Into;
            case CopyTargetKind.File when isDirectory:
                throw Refuse(source, destination, "a directory cannot take the place of a file");
            case CopyTargetKind.File when destination.AssertsDirectory:
                throw Refuse(source, destination, $"'{destination.Shown}' is no directory");
            case CopyTargetKind.Other:
                throw Refuse(source, destination, "the destination must be a directory or a regular file");
            case CopyTargetKind.Nothing when !isDirectory && destination.AssertsDirectory:
                throw Refuse(source, destination, $"there is no directory '{destination.Shown}'");
            default:
                return CopyWay.As;
        }
    }

    private static ContainerizeException Refuse(FilePlace source, FilePlace destination, string why) =>
        new(5051, $"copying {source.Shown} to {destination.Shown}", why, "Name a directory that is there, or a file's new name in one.");
}
