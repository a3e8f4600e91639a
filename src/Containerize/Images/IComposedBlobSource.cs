using Containerize.Oci;

namespace Containerize.Images;

/// <summary>A source made of others, which can say where it has a blob from: hard links and cross-repository mounts need the real place.</summary>
public interface IComposedBlobSource : IBlobSource
{
    /// <summary>The source that this one asks for the blob; null where it has none.</summary>
    IBlobSource? SourceOf(Descriptor blob);
}

/// <summary>Looks through composed sources.</summary>
public static class BlobSources
{
    private const int MaxDepth = 16;

    /// <summary>The first source of this type on the way to the blob; null where there is none.</summary>
    public static T? Find<T>(IBlobSource source, Descriptor blob)
        where T : class, IBlobSource
    {
        IBlobSource? current = source;
        for (var depth = 0; current is not null && depth < MaxDepth; depth++)
        {
            if (current is T found)
            {
                return found;
            }

            current = (current as IComposedBlobSource)?.SourceOf(blob);
        }

        return null;
    }
}
