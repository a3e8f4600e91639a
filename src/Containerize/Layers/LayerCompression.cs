namespace Containerize.Layers;

/// <summary>How a layer's tar is compressed; each with one pinned, managed compressor, so that a layer has one digest everywhere.</summary>
public enum LayerCompression
{
    /// <summary>gzip: understood by every engine and registry.</summary>
    Gzip,

    /// <summary>zstd: smaller and faster; needs an OCI manifest and an engine from 2020 or later.</summary>
    Zstd,

    /// <summary>None: a plain tar.</summary>
    None,
}
