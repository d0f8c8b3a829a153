namespace DoorController.Hal
{
    /// <summary>The floor selectors of an elevator car. They do nothing unless the gate (<see cref="IStrike"/>) is energised.</summary>
    public interface IFloors
    {
        /// <summary>Number of selectors wired, 0 (a door) to 8.</summary>
        int Count { get; }

        /// <summary>Sets every selector at once; bit i is floor i. 0 releases all. Bits at or above <see cref="Count"/> are ignored.</summary>
        void Select(int mask);
    }
}
