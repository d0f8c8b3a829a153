namespace DoorController.Storage
{
    /// <summary>A part that has background work on flash, done one bounded step at a time so that no Poll stands still for long.</summary>
    public interface IFlashWork
    {
        /// <summary>True while there is a step to do.</summary>
        bool IsPending { get; }

        /// <summary>Does one bounded step: at most one write of at most 4 KB.</summary>
        void Step();
    }
}
