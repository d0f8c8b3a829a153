namespace DoorController.Hal.Host
{
    /// <summary>What the flash was doing: between any two of these power can go.</summary>
    public enum FlashStepKind
    {
        /// <summary>The directory entry of a new file, empty so far.</summary>
        Create,

        /// <summary>Erase and program of one data block.</summary>
        Block,

        /// <summary>A metadata log that is full is written anew into its other block, or into a new one.</summary>
        Compaction,

        /// <summary>The close of a file: its content counts from here on. The only step that a <see cref="TornShape"/> concerns.</summary>
        Close,

        /// <summary>The end of a directory entry.</summary>
        Delete,
    }

    /// <summary>One step of a flash operation.</summary>
    /// <param name="Kind">What was done.</param>
    /// <param name="File">Name of the file.</param>
    /// <param name="From">First byte that changes with a close.</param>
    /// <param name="Length">Bytes of the file after a close.</param>
    public readonly record struct FlashStep(FlashStepKind Kind, string File, int From, int Length);
}
