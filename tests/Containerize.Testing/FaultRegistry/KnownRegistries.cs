namespace Containerize.Testing;

/// <summary>Registries that people use, by what their clients have met (each with its source).</summary>
public static class KnownRegistries
{
    /// <summary>Amazon ECR: dotnet/sdk-container-builds#424, #279; aws/containers-roadmap#2831.</summary>
    public static RegistryQuirks Ecr { get; } = new()
    {
        Name = "ECR",
        PatchStatus = 201,
        LeastChunk = 5 * 1024 * 1024,
        HidesLeastChunk = true,
        CutsUnknownRepositories = true,
        Chunks = ChunkHabit.LaterDropped,
        AbsoluteLocation = true,
        TokenLife = TimeSpan.FromHours(12),
    };

    /// <summary>Amazon ECR Public: dotnet/sdk-container-builds#472.</summary>
    public static RegistryQuirks EcrPublic { get; } = new() { Name = "ECR Public", Chunks = ChunkHabit.DigestDiffers, AbsoluteLocation = true };

    /// <summary>Google Artifact Registry: go-containerregistry's pkg/v1/remote/write.go; dotnet/sdk-container-builds#642.</summary>
    public static RegistryQuirks Gar { get; } = new() { Name = "GAR", Chunks = ChunkHabit.NoPatch, AlwaysTokens = true };

    /// <summary>GitHub: dotnet/sdk-container-builds#292.</summary>
    public static RegistryQuirks Ghcr { get; } = new() { Name = "GHCR", Chunks = ChunkHabit.EndInvalid, AlwaysTokens = true };

    /// <summary>Quay: GoogleContainerTools/jib#703.</summary>
    public static RegistryQuirks Quay { get; } = new() { Name = "Quay", MountNeedsFrom = true };

    /// <summary>Gitea: dotnet/sdk-container-builds#471.</summary>
    public static RegistryQuirks Gitea { get; } = new() { Name = "Gitea", Chunks = ChunkHabit.SecondRefused };

    /// <summary>Harbor: dotnet/sdk-container-builds#418; goharbor/harbor#18860.</summary>
    public static RegistryQuirks Harbor { get; } = new() { Name = "Harbor", Cookies = true, StatefulLocation = true, NameParts = 2, TokenLife = TimeSpan.FromMinutes(30) };

    /// <summary>GitLab: moby/moby#33558; dotnet/sdk-container-builds#432.</summary>
    public static RegistryQuirks GitLab { get; } = new() { Name = "GitLab", ParallelUploads = 2, StatefulLocation = true, AlwaysTokens = true, TokenLife = TimeSpan.FromMinutes(5) };

    /// <summary>Azure: dotnet/sdk-container-builds#425, #386; its uploads have a path and a state.</summary>
    public static RegistryQuirks Acr { get; } = new() { Name = "ACR", StatefulLocation = true, TokenLife = TimeSpan.FromMinutes(75) };

    /// <summary>Docker Hub: dotnet/sdk-container-builds#483.</summary>
    public static RegistryQuirks DockerHub { get; } = new() { Name = "Docker Hub", NameParts = 2, AlwaysTokens = true, AbsoluteLocation = true, StatefulLocation = true };

    /// <summary>distribution 2.8, Debian's docker-registry: an address with an old state ends the upload.</summary>
    public static RegistryQuirks Distribution { get; } = new() { Name = "distribution", AbsoluteLocation = true, StatefulLocation = true, ForgetsOnOldState = true };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RegistryQuirks> All { get; } = [Ecr, EcrPublic, Gar, Ghcr, Quay, Gitea, Harbor, GitLab, Acr, DockerHub, Distribution];
}
